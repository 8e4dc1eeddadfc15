package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.identity.Soul;
import nara.ledger.Query;
import nara.mesh.TestMesh;
import nara.mesh.wire.RequestSignature.AuthResult;
import nara.testing.Altered;
import nara.testing.Vectors;
import nara.trust.verifier.SignatureVerifier;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures and bodies of the recorded exchanges, on both ends. */
class MeshVectorsTest {
  private static final JsonNode HTTP = Vectors.json("http.json");
  private final SignatureVerifier verifier = TestMesh.verifier();

  static Stream<Named<JsonNode>> exchanges() {
    return StreamSupport.stream(HTTP.get("exchanges").spliterator(), false)
        .map(e -> Named.of(e.get("label").asText(), e));
  }

  static Stream<Named<JsonNode>> checked() {
    return exchanges()
        .filter(
            e ->
                e.getPayload().at("/request/path").asText().matches("/events/sync|/dm|/gossip/.*"));
  }

  static Stream<Named<JsonNode>> lists() {
    return checked()
        .filter(e -> e.getPayload().at("/response/body").asText().startsWith("{\"from\""))
        .filter(e -> e.getPayload().at("/request/path").asText().equals("/events/sync"));
  }

  @ParameterizedTest
  @MethodSource("checked")
  void sender_is_authenticated_as_recorded(JsonNode exchange) {
    JsonNode request = exchange.get("request");
    AuthResult result =
        RequestSignature.authenticate(
            headers(request),
            request.get("method").asText(),
            request.get("path").asText(),
            recordedAt(exchange),
            MeshVectorsTest::keyOf,
            verifier);

    if (exchange.at("/response/status").asInt() != 401) {
      assertThat(result).isEqualTo(new AuthResult.Authenticated("client-open"));
      return;
    }
    String reason =
        switch (result) {
          case AuthResult.AuthFailure failure -> failure.reason();
          case AuthResult.UnknownSender sender -> sender.asFailure().reason();
          case AuthResult.Authenticated authenticated -> "accepted";
        };
    String recorded = exchange.at("/response/body").asText().strip();
    if (exchange.get("label").asText().equals("old timestamp")) {
      // The recording has whole milliseconds.
      assertThat("Authentication failed: " + reason)
          .isEqualTo(recorded.replace("000998134", "001"));
    } else {
      assertThat("Authentication failed: " + reason).isEqualTo(recorded);
    }
  }

  @ParameterizedTest
  @MethodSource("checked")
  void responses_to_authenticated_requests_are_signed_by_the_server(JsonNode exchange) {
    JsonNode response = exchange.get("response");
    Optional<String> fault =
        ResponseSignature.fault(
            headers(response),
            response.get("body").asText().getBytes(UTF_8),
            "server-open",
            identity("server").keys().publicKey(),
            verifier);

    assertThat(fault.isEmpty()).isEqualTo(response.get("status").asInt() != 401);
  }

  @ParameterizedTest
  @MethodSource("checked")
  void response_with_one_bit_changed_is_rejected(JsonNode exchange) {
    JsonNode response = exchange.get("response");
    byte[] body = response.get("body").asText().getBytes(UTF_8);
    assertThat(
            ResponseSignature.fault(
                headers(response),
                Altered.byteAt(body, body.length / 2),
                "server-open",
                identity("server").keys().publicKey(),
                verifier))
        .isPresent();
  }

  @ParameterizedTest
  @MethodSource("lists")
  void inner_signature_verifies_over_the_claimed_ids(JsonNode exchange) throws MeshException {
    byte[] body = exchange.at("/response/body").asText().getBytes(UTF_8);
    SyncResponse answer = SyncResponse.read(body, Query.MAX_EVENTS);
    PublicKey key = identity("server").keys().publicKey();

    assertThat(answer.fault("server-open", key, verifier)).isEmpty();
    assertThat(answer.fault("client-open", key, verifier)).isPresent();
    assertThat(answer.fault("server-open", identity("client").keys().publicKey(), verifier))
        .isPresent();
    assertThat(answer.nextCursor().map(String::valueOf).orElse(""))
        .isEqualTo(Vectors.parse(new String(body, UTF_8)).path("next_cursor").asText());
  }

  @ParameterizedTest
  @MethodSource("lists")
  void requests_are_written_back_byte_for_byte(JsonNode exchange) throws MeshException {
    String body = exchange.at("/request/body").asText();
    SyncRequest request = SyncRequest.read(body.getBytes(UTF_8));

    if (body.contains("\"services\"")) {
      assertThat(new String(request.write(), UTF_8)).isEqualTo(body);
    }
    if (body.contains("\"services\"") && !body.contains("\"abc\"")) {
      assertThat(SyncRequest.of("client-open", request.toQuery("server-open", 0)))
          .isEqualTo(request);
    }
  }

  @ParameterizedTest
  @MethodSource("checked")
  void request_has_the_recorded_signature(JsonNode exchange) {
    SignatureHeaders recorded = headers(exchange.get("request"));
    if (recorded.name().equals("client-open")
        && !exchange
            .get("label")
            .asText()
            .matches("auth for.*|old time.*|timestamp not.*|signature not.*")) {
      assertThat(
              RequestSignature.sign(
                  identity("client"),
                  Instant.ofEpochMilli(Long.parseLong(recorded.timestamp())),
                  exchange.at("/request/method").asText(),
                  exchange.at("/request/path").asText()))
          .isEqualTo(recorded);
    }
  }

  private static Instant recordedAt(JsonNode exchange) {
    return Instant.ofEpochMilli(exchange.get("recorded_at_ms").asLong());
  }

  private static SignatureHeaders headers(JsonNode message) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (var header : message.get("headers").properties()) {
      headers.add(header.getKey(), header.getValue().asText());
    }
    return SignatureHeaders.of(headers);
  }

  private static Optional<PublicKey> keyOf(String name) {
    return name.equals("client-open")
        ? Optional.of(identity("client").keys().publicKey())
        : Optional.empty();
  }

  private static Identity identity(String who) {
    JsonNode nara = HTTP.get(who);
    return Identity.of(
        nara.get("name").asText(), Soul.parse(nara.get("soul").asText()).orElseThrow());
  }
}
