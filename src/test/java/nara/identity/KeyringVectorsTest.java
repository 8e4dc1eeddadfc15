package nara.identity;

import static nara.identity.IdentityVectorFiles.EVENTS;
import static nara.identity.IdentityVectorFiles.each;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Base64;
import java.util.stream.Stream;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose key the recorded events need, with everybody's key known. */
class KeyringVectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Keyring keyring = new Keyring();

  /** Those that are judged by the emitter's key; the others carry their own, or have voters. */
  static Stream<JsonNode> judgedByEmitter() {
    return each(EVENTS.get("events"))
        .filter(vector -> vector.get("signed").asBoolean())
        .filter(
            vector ->
                !vector.get("json").asText().contains("\"svc\":\"hey-there\"")
                    && !vector.get("json").asText().contains("\"svc\":\"chau\"")
                    && !vector.get("json").asText().contains("\"svc\":\"checkpoint\""));
  }

  @BeforeEach
  void learnAllKeys() {
    each(EVENTS.get("keys"))
        .forEach(
            known ->
                keyring.learn(
                    known.get("name").asText(),
                    known.get("id").asText(),
                    PublicKey.parse(known.get("public_key").asText()).orElseThrow(),
                    Origin.CONFIG));
  }

  @ParameterizedTest
  @MethodSource("judgedByEmitter")
  void lookup_finds_key_that_verifies_recorded_events(JsonNode vector) throws Exception {
    JsonNode event = JSON.readTree(vector.get("json").asText());
    boolean verifies =
        switch (lookup(event)) {
          case KeyLookup.Known known -> verifies(known.key(), event, vector);
          case KeyLookup.Contested contested -> false;
          case KeyLookup.Unknown unknown -> false;
          case KeyLookup.Mismatch mismatch -> false;
        };
    assertThat(verifies).isEqualTo(vector.get("verifies_by_emitter_id").asBoolean());
  }

  @Test
  void lookup_rejects_event_with_altered_emitter_id() throws JsonProcessingException {
    JsonNode vector =
        judgedByEmitter()
            .filter(v -> v.get("label").asText().equals("altered: emitter id only"))
            .findFirst()
            .orElseThrow();
    assertThat(lookup(JSON.readTree(vector.get("json").asText())))
        .isEqualTo(
            new KeyLookup.Mismatch(
                "emitter id AcQbHG14SkHNnihspJqogKcVrtig5Z6x9QSrZtZyKiDC belongs to raccoon,"
                    + " not to lisa"));
  }

  private KeyLookup lookup(JsonNode event) {
    return keyring.lookup(event.path("emitter").asText(), event.path("emitter_id").asText());
  }

  private static boolean verifies(PublicKey key, JsonNode event, JsonNode vector) {
    // As the reference reads it: line breaks are passed over, padding is a must.
    String text = event.get("sig").asText().replaceAll("[\r\n]", "");
    if (!text.matches("[A-Za-z0-9+/]{86}==")) {
      return false;
    }
    byte[] signature = Base64.getDecoder().decode(text);
    byte[] signed = IdentityVectorFiles.hex(vector.get("signable_sha256_hex"));
    return Ed25519.verify(signature, 0, key.bytes(), 0, signed, 0, signed.length);
  }
}
