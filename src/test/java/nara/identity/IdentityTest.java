package nara.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final Optional<byte[]> HARDWARE = Optional.of(new byte[32]);

  private final Soul soul = Soul.generate("lisa", new Random(1));

  @Test
  void to_string_prints_no_secret() {
    Identity lisa = Identity.of("lisa", soul);
    assertThat(lisa.toString()).contains("lisa", lisa.id());
    for (Object printed : List.of(soul, lisa, lisa.keys(), Optional.of(soul))) {
      assertThat(printed.toString())
          .doesNotContain(soul.encoded())
          .doesNotContain(Base58.encode(soul.seed()));
    }
  }

  @Test
  void soul_returns_copies_of_its_bytes() {
    soul.bytes()[0] ^= 1;
    soul.seed()[0] ^= 1;
    soul.tag()[0] ^= 1;
    assertThat(soul).isEqualTo(Soul.generate("lisa", new Random(1)));
  }

  @Test
  void empty_name_bonds_with_no_soul() {
    assertThat(Soul.forName(soul.seed(), "").isBondedTo("")).isFalse();
  }

  @Test
  void soul_rejects_wrong_sizes() {
    assertThatIllegalArgumentException().isThrownBy(() -> Soul.of(new byte[31], new byte[8]));
    assertThatIllegalArgumentException().isThrownBy(() -> Soul.of(new byte[32], new byte[9]));
    assertThatIllegalArgumentException().isThrownBy(() -> KeyPair.fromSeed(new byte[33]));
  }

  @Test
  void parse_returns_empty_when_text_is_no_soul() {
    for (String text : List.of("", "1", "0".repeat(54), "z".repeat(55), "1".repeat(100_000))) {
      assertThat(Soul.parse(text)).as(text.substring(0, Math.min(60, text.length()))).isEmpty();
    }
  }

  @Test
  void identity_keeps_bonded_generic_name_of_given_soul() {
    Soul generic = Soul.generate("agreeable-nara-178", new Random(2));
    Identity identity =
        Identity.resolve("agreeable-nara-178", generic.encoded(), "debian", Optional.empty());
    assertThat(identity.name()).isEqualTo("agreeable-nara-178");
    assertThat(identity.bonded()).isTrue();
  }

  @Test
  void host_name_drops_the_domain() {
    assertThat(Identity.resolve("", "", "desk.example.org", HARDWARE))
        .isEqualTo(Identity.resolve("desk", "", "", HARDWARE));
  }

  @Test
  void identity_derives_name_from_hardware_when_no_name_is_given() {
    Identity identity = Identity.resolve("", "", "", HARDWARE);
    assertThat(identity).isEqualTo(Identity.resolve("", "", "localhost", HARDWARE));
    assertThat(identity.name()).isEqualTo(GeneratedName.of(identity.soul().seed()));
    assertThat(identity.bonded()).isTrue();
  }

  @Test
  void identity_requires_soul_when_hardware_is_unknown() {
    assertThat(Identity.resolve("lisa", soul.encoded(), "", Optional.empty()).bonded()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.resolve("lisa", "", "", Optional.empty()))
        .withMessageContaining("configure identity.soul");
  }

  @Test
  void name_generator_has_enough_words_of_its_own() {
    for (String kind : List.of("adjectives", "nouns")) {
      List<String> words = Resource.lines(kind + ".txt");
      assertThat(words).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
      assertThat(new HashSet<>(IdentityVectorFiles.texts(IdentityVectorFiles.GENERATOR.get(kind))))
          .doesNotContainAnyElementsOf(words);
    }
  }

  @Test
  void generator_rejects_bound_that_is_not_positive() {
    assertThatIllegalArgumentException().isThrownBy(() -> GoRandom.seeded(1).intn(0));
  }
}
