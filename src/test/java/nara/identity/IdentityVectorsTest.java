package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.identity.IdentityVectorFiles.GENERATOR;
import static nara.identity.IdentityVectorFiles.IDENTITY;
import static nara.identity.IdentityVectorFiles.each;
import static nara.identity.IdentityVectorFiles.hex;
import static nara.identity.IdentityVectorFiles.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that identity.json and generator.json recorded, computed again. */
class IdentityVectorsTest {
  static Stream<JsonNode> customSouls() {
    return each(IDENTITY.get("custom_souls"));
  }

  static Stream<JsonNode> generatedSouls() {
    return each(IDENTITY.get("generated_souls"));
  }

  static Stream<JsonNode> determined() {
    return each(IDENTITY.get("determine")).filter(vector -> !refused(vector));
  }

  static Stream<JsonNode> refusedSouls() {
    return each(IDENTITY.get("determine")).filter(IdentityVectorsTest::refused);
  }

  static Stream<JsonNode> personalities() {
    return each(IDENTITY.get("personalities"));
  }

  static Stream<JsonNode> genericHostnames() {
    return each(IDENTITY.get("generic_hostnames"));
  }

  static Stream<JsonNode> sequences() {
    return each(GENERATOR.get("sequences"));
  }

  @ParameterizedTest
  @MethodSource("customSouls")
  void soul_of_named_nara_derives_from_hardware_and_name(JsonNode vector) {
    String name = vector.get("name").asText();
    Soul soul = NativeSoul.custom(hex(vector.get("hardware_hex")), name);

    assertThat(soul.encoded()).isEqualTo(vector.get("soul").asText());
    assertThat(soul.seed()).isEqualTo(hex(vector.get("seed_hex")));
    assertThat(soul.tag()).isEqualTo(hex(vector.get("tag_hex")));
    assertThat(Soul.parse(vector.get("soul").asText())).contains(soul);
    assertThat(Soul.forName(soul.seed(), name)).isEqualTo(soul);
    assertThat(soul.isBondedTo(name)).isEqualTo(vector.get("bond").asBoolean());
    assertThat(soul.isBondedTo(name + "x")).isEqualTo(vector.get("bond_of_other_name").asBoolean());

    Identity identity = Identity.of(name, soul);
    assertThat(identity.id()).isEqualTo(vector.get("id").asText());
    assertThat(identity.bonded()).isTrue();
    assertThat(identity.keys().publicKey().encoded()).isEqualTo(vector.get("public_key").asText());
    assertThat(identity.keys().signBase64(vector.get("message").asText().getBytes(UTF_8)))
        .isEqualTo(vector.get("signature_of_message").asText());
  }

  @ParameterizedTest
  @MethodSource("generatedSouls")
  void identity_of_unnamed_nara_derives_from_hardware(JsonNode vector) {
    byte[] hardware = hex(vector.get("hardware_hex"));
    byte[] seed = hex(vector.get("seed_hex"));
    String name = vector.get("name").asText();
    Soul recorded = Soul.parse(vector.get("soul").asText()).orElseThrow();

    assertThat(NativeSoul.generated(hardware).seed()).isEqualTo(seed);
    assertThat(Soul.forName(seed, name)).isEqualTo(recorded);
    assertThat(recorded.tag()).isEqualTo(hex(vector.get("tag_hex")));
    assertThat(recorded.isBondedTo(name)).isTrue();
    assertThat(recorded.idFor(name)).isEqualTo(vector.get("id").asText());
    // With the reference's words the same draws give the same name; with ours, the same number.
    assertThat(
            GeneratedName.of(
                seed, texts(GENERATOR.get("adjectives")), texts(GENERATOR.get("nouns"))))
        .isEqualTo(name);
    assertThat(GeneratedName.of(seed)).endsWith(name.substring(name.length() - 4));
  }

  @ParameterizedTest
  @MethodSource("determined")
  void identity_matches_recorded_name_and_soul(JsonNode vector) {
    byte[] hardware = hex(vector.get("hardware_hex"));
    String recordedName = vector.get("name").asText();
    Identity identity =
        Identity.resolve(
            vector.get("name_arg").asText(),
            vector.get("soul_arg").asText(),
            vector.get("hostname").asText(),
            Optional.of(hardware));
    Soul soul = identity.soul();

    if (drawn(vector)) {
      Soul recorded = Soul.parse(vector.get("soul").asText()).orElseThrow();
      assertThat(soul.seed()).isEqualTo(recorded.seed());
      assertThat(identity.name()).isEqualTo(GeneratedName.of(recorded.seed()));
      assertThat(recorded.idFor(recordedName)).isEqualTo(vector.get("id").asText());
    } else {
      assertThat(identity.name()).isEqualTo(recordedName);
      assertThat(soul.encoded()).isEqualTo(vector.get("soul").asText());
      assertThat(identity.id()).isEqualTo(vector.get("id").asText());
      assertThat(identity.bonded()).isEqualTo(vector.get("valid_bond").asBoolean());
      assertThat(soul.equals(NativeSoul.custom(hardware, recordedName)))
          .isEqualTo(vector.get("native").asBoolean());
    }
  }

  @ParameterizedTest
  @MethodSource("refusedSouls")
  void identity_rejects_invalid_soul_unlike_the_reference(JsonNode vector) {
    String soul = vector.get("soul_arg").asText();
    assertThat(vector.get("id").asText()).isEmpty();
    assertThatThrownBy(() -> Identity.resolve("x", soul, "x", Optional.of(new byte[32])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("40 bytes in Base58")
        .hasMessageNotContaining(soul);
  }

  @ParameterizedTest
  @MethodSource("personalities")
  void personality_derives_from_soul(JsonNode vector) {
    Soul soul = Soul.parse(vector.get("soul").asText()).orElseThrow();
    assertThat(Personality.of(soul))
        .isEqualTo(
            new Personality(
                vector.get("agreeableness").asInt(),
                vector.get("sociability").asInt(),
                vector.get("chill").asInt()));
  }

  @ParameterizedTest
  @MethodSource("genericHostnames")
  void generic_host_names_are_recognised(JsonNode vector) {
    assertThat(HostName.isGeneric(vector.get("host").asText()))
        .isEqualTo(vector.get("generic").asBoolean());
  }

  @ParameterizedTest
  @MethodSource("sequences")
  void generator_draws_the_numbers_of_go(JsonNode vector) {
    long seed = Long.parseLong(vector.get("seed").asText());

    GoRandom words = GoRandom.seeded(seed);
    List<String> drawn =
        IntStream.range(0, 700).mapToObj(i -> "%016x".formatted(words.uint64())).toList();
    List<String> recorded = texts(vector.get("uint64_first_5_and_691_to_699"));
    assertThat(drawn.subList(0, 5)).isEqualTo(recorded.subList(0, 5));
    // Counted from 0, so that the last is the 700th: past the point where both ends have wrapped.
    assertThat(drawn.subList(691, 700)).isEqualTo(recorded.subList(5, 14));

    for (int bound : new int[] {100, 59, 1 << 20}) {
      GoRandom random = GoRandom.seeded(seed);
      each(vector.get("intn_" + bound))
          .forEach(number -> assertThat(random.intn(bound)).isEqualTo(number.asInt()));
    }
  }

  @Test
  void generator_table_equals_the_recorded_one() {
    assertThat(Resource.lines("generator-table.txt"))
        .isEqualTo(texts(GENERATOR.get("table_hex")))
        .hasSize(607);
  }

  @Test
  void self_encryption_decrypts_recorded_ciphertexts() {
    JsonNode vector = IDENTITY.get("self_encryption");
    Soul soul = Soul.parse(vector.get("soul").asText()).orElseThrow();
    byte[] sealed =
        HexFormat.of()
            .parseHex(vector.get("nonce_hex").asText() + vector.get("ciphertext_hex").asText());

    assertThat(SelfEncryption.decrypt(soul, sealed))
        .hasValueSatisfying(
            plain -> assertThat(plain).asString(UTF_8).isEqualTo(vector.get("plaintext").asText()));
  }

  private static boolean refused(JsonNode vector) {
    String soul = vector.get("soul_arg").asText();
    return !soul.isEmpty() && Soul.parse(soul).isEmpty();
  }

  /** Whether the reference drew the name, from words that are its own. */
  private static boolean drawn(JsonNode vector) {
    String given = vector.get("name_arg").asText();
    return HostName.isGeneric(given.isEmpty() ? vector.get("hostname").asText() : given);
  }
}
