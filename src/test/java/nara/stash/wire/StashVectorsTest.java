package nara.stash.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.event.Signatures;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.PublicKey;
import nara.identity.SelfEncryption;
import nara.identity.Soul;
import nara.testing.Vectors;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;

/** The recorded messages of the stash, from reference nodes of both branches. */
class StashVectorsTest {
  private static final JsonNode FILE = Vectors.json("stash.json");

  @Test
  void every_signed_message_is_read_verified_and_printed_back() {
    int verified = 0;
    for (JsonNode exchange : exchanges("exchanges")) {
      String label = exchange.path("label").asText();
      Optional<MeshMessage> message = read(exchange.at("/request/body").asText());
      if (message.isEmpty()) {
        assertThat(label)
            .isIn(
                "GET",
                "without the headers",
                "a body that is not JSON",
                "an empty body",
                "a kind that nobody knows",
                "a version that nobody knows");
        continue;
      }
      boolean isForged =
          List.of("the signature wrong", "no signature", "from_id of nobody").contains(label);
      assertThat(isSigned(message.get())).as(label).isEqualTo(!isForged);
      assertThat(new String(message.get().json(), UTF_8))
          .isEqualTo(exchange.at("/request/body").asText());
      verified += isForged ? 0 : 1;
    }
    assertThat(verified).isGreaterThan(25);
  }

  @Test
  void replies_in_bodies_are_read_verified_and_printed_back() {
    int replies = 0;
    for (JsonNode exchange : exchanges("answers_in_body")) {
      String body = exchange.at("/response/body").asText();
      if (!body.startsWith("[")) {
        continue;
      }
      List<MeshMessage> read = MeshMessage.readList(body.getBytes(UTF_8));
      assertThat(read).hasSize(1);
      assertThat(isSigned(read.get(0))).isTrue();
      assertThat(new String(MeshMessage.jsonList(read.get(0)), UTF_8)).isEqualTo(body);
      replies++;
    }
    assertThat(replies).isGreaterThan(5);
  }

  @Test
  void recorded_ciphertexts_are_decrypted_by_the_soul_of_their_owner() {
    int decrypted = 0;
    for (JsonNode exchange : exchanges("exchanges")) {
      if (!exchange.has("plaintext")) {
        continue;
      }
      StashPayload payload = read(exchange.at("/request/body").asText()).orElseThrow().payload();
      byte[] sealed =
          switch (payload) {
            case StashPayload.Store store -> joined(store.nonce(), store.ciphertext());
            case StashPayload.Response response -> joined(response.nonce(), response.ciphertext());
            case StashPayload.Ack ack -> new byte[0];
            case StashPayload.Request request -> new byte[0];
          };
      Soul owner = Soul.parse(soulOf(payload.ownerId())).orElseThrow();
      assertThat(SelfEncryption.decrypt(owner, sealed))
          .hasValueSatisfying(
              plain ->
                  assertThat(new String(plain, UTF_8))
                      .isEqualTo(exchange.path("plaintext").asText()));
      decrypted++;
    }
    assertThat(decrypted).isGreaterThan(4);
  }

  @Test
  void timestamps_are_printed_without_trailing_zeros() {
    for (String text :
        List.of(
            "2026-11-28T16:35:52.930771457Z",
            "2026-11-28T16:35:52.93731441Z",
            "2026-11-28T16:35:52.5Z",
            "2026-11-28T16:35:52Z")) {
      assertThat(MeshMessage.timestamp(java.time.Instant.parse(text))).isEqualTo(text);
    }
  }

  @Test
  void message_over_the_limit_is_rejected_before_it_is_read() {
    byte[] huge = new byte[StashLimits.MESSAGE_BYTES + 1];
    assertThatThrownBy(() -> MeshMessage.read(huge)).isInstanceOf(MalformedJsonException.class);
  }

  private static List<JsonNode> exchanges(String name) {
    List<JsonNode> all = new ArrayList<>();
    JsonNode found = FILE.path(name);
    (found.isArray() ? found : found.path("exchanges")).forEach(all::add);
    assertThat(all).isNotEmpty();
    return all;
  }

  private static Optional<MeshMessage> read(String body) {
    try {
      return Optional.of(MeshMessage.read(body.getBytes(UTF_8)));
    } catch (MalformedJsonException none) {
      return Optional.empty();
    }
  }

  private static boolean isSigned(MeshMessage message) {
    PublicKey key = keys().get(message.fromId());
    return key != null
        && Signatures.decode(message.signature())
            .filter(
                signature -> {
                  byte[] text = message.signedText();
                  return Ed25519.verify(signature, 0, key.bytes(), 0, text, 0, text.length);
                })
            .isPresent();
  }

  private static Map<String, PublicKey> keys() {
    Map<String, PublicKey> keys = new HashMap<>();
    for (JsonNode nara : FILE.path("keys")) {
      keys.put(
          nara.path("id").asText(),
          PublicKey.parse(nara.path("public_key").asText()).orElseThrow());
    }
    return keys;
  }

  private static String soulOf(String id) {
    for (JsonNode nara : FILE.path("keys")) {
      if (nara.path("id").asText().equals(id)) {
        return nara.path("soul").asText();
      }
    }
    throw new AssertionError(id);
  }

  private static byte[] joined(byte[] nonce, byte[] ciphertext) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(nonce);
    out.writeBytes(ciphertext);
    return out.toByteArray();
  }
}
