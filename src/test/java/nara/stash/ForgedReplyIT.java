package nara.stash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import nara.identity.Identity;
import nara.identity.Origin;
import nara.mesh.wire.Body;
import nara.mesh.wire.ResponseSignature;
import nara.node.Blocking;
import nara.stash.StashRequest.StashStatus;
import nara.stash.wire.MeshMessage;
import nara.stash.wire.MeshMessage.Receiver;
import nara.stash.wire.StashPayload;
import nara.testing.Citizen;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** What an owner makes of forged replies: the reference takes any. */
class ForgedReplyIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Identity NELSON = Citizen.named("nelson").identity();
  private static final Identity BART = Citizen.named("bart").identity();

  /** How the confidant makes its acks. */
  private volatile UnaryOperator<MeshMessage> forgery;

  private Identity signer = NELSON;

  @Test
  void only_a_reply_that_the_confidant_signed_makes_it_one() {
    Vertx vertx = Vertx.vertx();
    HttpServer confidant =
        Blocking.await(
            vertx.createHttpServer().requestHandler(this::onRequest).listen(0, "127.0.0.1"),
            TIMEOUT);
    try (TestNode lisa =
        TestNode.start(
            "lisa",
            List.of(),
            config ->
                TestNode.withPeers("nelson@127.0.0.1:" + confidant.actualPort())
                    .apply(config.with(StashConfig.defaults())),
            progressed -> {})) {
      for (Identity known : List.of(NELSON, BART)) {
        lisa.node().keys().learn(known.name(), known.id(), known.keys().publicKey(), Origin.CONFIG);
      }
      lisa.report();
      forgery = ack -> changed(ack, "", ack.inReplyTo());
      assertThat(setData(lisa).confidants()).isEmpty();
      forgery = ack -> changed(ack, ack.signature(), "another-call");
      assertThat(setData(lisa).confidants()).isEmpty();
      signer = BART;
      forgery = ack -> ack;
      assertThat(setData(lisa).confidants()).isEmpty();
      signer = NELSON;
      assertThat(setData(lisa).confidants())
          .extracting(StashRequest.ConfidantState::name)
          .containsExactly("nelson");
    } finally {
      Blocking.await(vertx.close(), TIMEOUT);
    }
  }

  private static StashStatus setData(TestNode node) {
    return Blocking.await(
        node.node()
            .bus()
            .request(StashRequest.ADDRESS, new StashRequest.SetStashData(new byte[9]), TIMEOUT),
        TIMEOUT);
  }

  private void onRequest(HttpServerRequest request) {
    if (request.path().equals("/ping")) {
      String pong =
          "{\"t\":%d,\"from\":\"nelson\",\"public_key\":\"%s\"}"
              .formatted(Instant.now().toEpochMilli() * 1_000_000, NELSON.keys().publicKey());
      request.response().putHeader("Content-Type", "application/json").end(pong);
    } else if (request.path().equals("/mesh/message")) {
      request.body().onSuccess(body -> respond(request, reply(MeshMessage.read(body.getBytes()))));
    } else {
      request.response().setStatusCode(404).end();
    }
  }

  private MeshMessage reply(MeshMessage message) {
    boolean isStore = message.payload() instanceof StashPayload.Store;
    StashPayload payload =
        isStore
            ? new StashPayload.Ack(message.fromId(), 1, true, "")
            : StashPayload.Response.notFound(message.fromId(), "");
    MeshMessage reply =
        MeshMessage.sign(
            isStore ? signer : NELSON,
            new Receiver(message.from(), message.fromId()),
            Instant.now(),
            payload,
            message.id());
    return isStore ? forgery.apply(reply) : reply;
  }

  private static void respond(HttpServerRequest request, MeshMessage reply) {
    byte[] body = MeshMessage.jsonList(reply);
    ResponseSignature.sign(NELSON, Instant.now(), Body.of(body))
        .addTo(request.response().headers());
    request.response().end(new String(body, UTF_8));
  }

  private static MeshMessage changed(MeshMessage ack, String signature, String inReplyTo) {
    return new MeshMessage(
        ack.id(),
        "",
        1,
        ack.from(),
        ack.fromId(),
        ack.to(),
        ack.toId(),
        ack.timestamp(),
        ack.payload(),
        signature,
        inReplyTo);
  }
}
