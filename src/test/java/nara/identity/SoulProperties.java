package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** What holds for every byte string, text and soul. */
class SoulProperties {
  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  @Property
  void base58_decodes_what_it_encoded(@ForAll @Size(max = 90) byte[] bytes) {
    assertThat(Base58.decode(Base58.encode(bytes))).contains(bytes);
  }

  @Property
  void base58_encodes_leading_zero_bytes_as_ones(@ForAll @Size(min = 1, max = 40) byte[] bytes) {
    byte[] longer = new byte[bytes.length + 1];
    System.arraycopy(bytes, 0, longer, 1, bytes.length);
    assertThat(Base58.encode(longer)).isEqualTo("1" + Base58.encode(bytes));
  }

  @Property
  void base58_decodes_any_text_reversibly_or_not_at_all(
      @ForAll @StringLength(max = 200) String hostile) {
    Base58.decode(hostile).ifPresent(bytes -> assertThat(Base58.encode(bytes)).isEqualTo(hostile));
  }

  @Property
  void base58_decodes_alphabet_text_uniquely(@ForAll @Size(max = 128) byte[] choices) {
    StringBuilder text = new StringBuilder();
    for (byte choice : choices) {
      text.append(ALPHABET.charAt(Math.floorMod(choice, ALPHABET.length())));
    }
    assertThat(Base58.decode(text.toString()).map(Base58::encode)).contains(text.toString());
  }

  @Property
  void soul_parses_its_own_text(@ForAll @Size(40) byte[] bytes) {
    Soul soul = Soul.parse(Base58.encode(bytes)).orElseThrow();
    assertThat(soul.bytes()).isEqualTo(bytes);
    assertThat(Soul.of(soul.seed(), soul.tag())).isEqualTo(soul);
    assertThat(soul.encoded()).isEqualTo(Base58.encode(bytes));
  }

  @Property
  void soul_rejects_other_lengths(@ForAll @Size(max = 60) byte[] bytes) {
    assertThat(Soul.parse(Base58.encode(bytes)).isPresent()).isEqualTo(bytes.length == Soul.LENGTH);
  }

  @Property(tries = 200)
  void soul_bonds_only_to_its_own_name(
      @ForAll long seed, @ForAll @NotEmpty String name, @ForAll String other) {
    Soul soul = Soul.generate(name, new Random(seed));
    assertThat(soul.isBondedTo(name)).isTrue();
    if (!Arrays.equals(bytes(name), bytes(other))) {
      assertThat(soul.isBondedTo(other)).isFalse();
    }
  }

  @Property(tries = 200)
  void generated_names_are_never_generic(@ForAll @Size(32) byte[] seed) {
    String name = GeneratedName.of(seed);
    assertThat(name).matches("[a-z]+-[a-z]+-[0-9]{3}");
    assertThat(HostName.isGeneric(name)).isFalse();
  }

  // Texts with broken surrogate pairs may share their UTF-8.
  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
