package nara.stash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import nara.identity.Identity;
import nara.identity.Origin;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.RequestSignature;
import nara.stash.wire.MeshMessage;
import nara.stash.wire.MeshMessage.Receiver;
import nara.stash.wire.StashLimits;
import nara.stash.wire.StashPayload;
import nara.testing.Citizen;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a confidant makes of hostile messages. */
class HostileStashIT {
  private static final Identity NELSON = Citizen.named("nelson").identity();
  private static final Identity BART = Citizen.named("bart").identity();

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static TestNode lisa;
  private static Instant lastSigned = Instant.EPOCH;

  @BeforeAll
  static void startConfidant() {
    lisa =
        TestNode.start(
            "lisa", List.of(), config -> config.with(StashConfig.defaults()), progressed -> {});
    for (Identity known : List.of(NELSON, BART)) {
      lisa.node().keys().learn(known.name(), known.id(), known.keys().publicKey(), Origin.CONFIG);
    }
    assertThat(ack(post(BART, store(BART, BART.id(), new byte[100]))).success()).isTrue();
  }

  @AfterAll
  static void stopConfidant() {
    lisa.close();
  }

  @Test
  void owner_stores_and_gets_its_stash_with_replies_in_the_body_when_its_address_is_unknown() {
    StashPayload.Response response = response(post(BART, request(BART, BART.id())));

    assertThat(response.found()).isTrue();
    assertThat(response.ciphertext()).hasSize(100);
  }

  @Test
  void nobody_gets_or_replaces_the_stash_of_another() {
    StashPayload.Ack ack = ack(post(NELSON, store(NELSON, BART.id(), new byte[50])));

    assertThat(ack.success()).isFalse();
    assertThat(ack.reason()).isEqualTo("owner_id must be from_id");
    assertThat(response(post(NELSON, request(NELSON, BART.id()))).found()).isFalse();
    assertThat(response(post(BART, request(BART, BART.id()))).ciphertext()).hasSize(100);
  }

  @Test
  void message_of_another_than_who_signed_the_request_is_dropped() {
    assertThat(post(NELSON, request(BART, BART.id()))).isEmpty();
    MeshMessage own = sign(NELSON, to(), new StashPayload.Request(BART.id(), ""), Instant.now());
    MeshMessage claimed =
        new MeshMessage(
            own.id(),
            "",
            1,
            "nelson",
            BART.id(),
            "",
            own.toId(),
            own.timestamp(),
            own.payload(),
            own.signature(),
            "");
    MeshMessage signedSo =
        new MeshMessage(
            own.id(),
            "",
            1,
            "nelson",
            BART.id(),
            "",
            own.toId(),
            own.timestamp(),
            own.payload(),
            NELSON.keys().signBase64(claimed.signedText()),
            "");
    assertThat(post(NELSON, signedSo.json())).isEmpty();
  }

  @Test
  void repeated_message_is_dropped() {
    byte[] request = request(BART, BART.id());

    assertThat(post(BART, request)).isNotEmpty();
    assertThat(post(BART, request)).isEmpty();
  }

  @Test
  void old_and_future_messages_are_dropped() {
    for (Instant time : List.of(Instant.now().minusSeconds(150), Instant.now().plusSeconds(150))) {
      StashPayload payload = new StashPayload.Request(BART.id(), "");
      assertThat(post(BART, sign(BART, to(), payload, time).json())).isEmpty();
    }
  }

  @Test
  void message_for_another_nara_is_dropped_and_a_store_needs_a_receiver() {
    StashPayload request = new StashPayload.Request(BART.id(), "");
    Receiver other = new Receiver("nelson", NELSON.id());
    assertThat(post(BART, sign(BART, other, request, Instant.now()).json())).isEmpty();
    StashPayload store = storePayload(BART.id(), new byte[30]);
    Receiver nobody = new Receiver("", "");
    assertThat(post(BART, sign(BART, nobody, store, Instant.now()).json())).isEmpty();
  }

  @Test
  void unsigned_message_is_dropped() {
    MeshMessage signed = sign(BART, to(), new StashPayload.Request(BART.id(), ""), Instant.now());
    String unsigned = new String(signed.json(), UTF_8).replace(signed.signature(), "");

    assertThat(post(BART, unsigned.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void too_large_empty_and_misshapen_stashes_are_refused_with_a_reason() {
    byte[] tooLarge = new byte[StashLimits.CIPHERTEXT_BYTES + 1];
    assertThat(ack(post(NELSON, store(NELSON, NELSON.id(), tooLarge))).reason())
        .isEqualTo("ciphertext too large, at most 65536 bytes");
    assertThat(ack(post(NELSON, store(NELSON, NELSON.id(), new byte[0]))).reason())
        .isEqualTo("ciphertext required");
    assertThat(ack(post(NELSON, store(NELSON, "", new byte[30]))).reason())
        .isEqualTo("owner_id required");
    StashPayload shortNonce =
        new StashPayload.Store(NELSON.id(), "", new byte[12], new byte[30], 1);
    assertThat(ack(post(NELSON, sign(NELSON, to(), shortNonce, Instant.now()).json())).reason())
        .isEqualTo("nonce must be 24 bytes for XChaCha20-Poly1305");
    byte[] huge = new byte[2 * StashLimits.CIPHERTEXT_BYTES];
    assertThat(post(NELSON, store(NELSON, NELSON.id(), huge))).isEmpty();
  }

  @Test
  void garbage_is_dropped() {
    for (String garbage : List.of("", "{", "[]", "null", "{\"kind\":\"stash:store\"}", "\0\1")) {
      assertThat(post(NELSON, garbage.getBytes(UTF_8))).as(garbage).isEmpty();
    }
  }

  private static Receiver to() {
    Identity me = lisa.node().identity();
    return new Receiver(me.name(), me.id());
  }

  private static byte[] store(Identity from, String owner, byte[] ciphertext) {
    return sign(from, to(), storePayload(owner, ciphertext), Instant.now()).json();
  }

  private static StashPayload storePayload(String owner, byte[] ciphertext) {
    return new StashPayload.Store(owner, "", new byte[24], ciphertext, 1);
  }

  private static byte[] request(Identity from, String owner) {
    return sign(from, to(), new StashPayload.Request(owner, ""), Instant.now()).json();
  }

  private static MeshMessage sign(Identity from, Receiver to, StashPayload payload, Instant time) {
    return MeshMessage.sign(from, to, time, payload, "");
  }

  private static StashPayload.Ack ack(byte[] body) {
    return (StashPayload.Ack) MeshMessage.readList(body).get(0).payload();
  }

  private static StashPayload.Response response(byte[] body) {
    return (StashPayload.Response) MeshMessage.readList(body).get(0).payload();
  }

  /** Sends a body in the name of a nara; returns that of the response, which must be 200. */
  private static synchronized byte[] post(Identity signer, byte[] body) {
    // No two requests have the same header signature.
    lastSigned =
        lastSigned.isBefore(Instant.now().minusMillis(1))
            ? Instant.now()
            : lastSigned.plusMillis(1);
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RequestSignature.sign(signer, lastSigned, "POST", MeshPaths.MESSAGE).addTo(headers);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + lisa.address() + MeshPaths.MESSAGE))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(header -> request.header(header.getKey(), header.getValue()));
    try {
      HttpResponse<byte[]> response =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(response.statusCode()).isEqualTo(200);
      return response.body();
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }
}
