package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryConfig.Scan;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.DiscoveryRequest.RunDiscovery;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.PingPeer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.PeerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scans a range of loopback addresses, on one of which somebody really listens. */
@ExtendWith(VertxExtension.class)
class LoopbackScanIT {
  @Test
  void scan_finds_the_listening_peer(Vertx vertx) throws Exception {
    HttpServer lisa =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .response()
                            .end(
                                new JsonObject()
                                    .put("from", "lisa")
                                    .put("public_key", TestIdentities.key("lisa").encoded())
                                    .toBuffer()))
                .listen(0, "127.0.0.5"));
    HttpClient http = vertx.createHttpClient();
    Bus.of(vertx).serve(MeshRequest.ADDRESS, PingPeer.class, peer -> ping(http, peer));
    DiscoveryConfig config =
        new DiscoveryConfig(
            List.of(),
            Optional.of(new Scan("127.0.0.0/28", lisa.actualPort())),
            "",
            Duration.ofSeconds(5),
            4,
            false);
    await(
        vertx.deployVerticle(
            new DiscoveryVerticle(
                TestIdentities.named("me"),
                new Keyring(),
                config,
                AddressPolicy.strict(),
                Scheduler.system(),
                new NetworkClock(Scheduler.system()),
                new SplittableRandom(1),
                host -> {},
                true,
                true)));

    NeighbourList all =
        await(
            Bus.of(vertx)
                .request(DiscoveryRequest.ADDRESS, new RunDiscovery(), Duration.ofSeconds(30)));

    assertThat(all.neighbours())
        .containsExactly(
            new Neighbour(
                "lisa",
                "",
                "127.0.0.5:" + lisa.actualPort(),
                Optional.of(TestIdentities.key("lisa")),
                Set.of(Neighbour.Source.SCAN),
                true));
    assertThat(all.problems()).isEmpty();
  }

  private static Future<PingOutcome> ping(HttpClient http, PingPeer peer) {
    PeerAddress address = PeerAddress.parse(peer.address()).orElseThrow();
    return http.request(HttpMethod.GET, address.port(), address.host(), "/ping")
        .compose(request -> request.send().compose(HttpClientResponse::body))
        .<PingOutcome>map(
            body -> {
              JsonObject said = body.toJsonObject();
              PublicKey key = PublicKey.parse(said.getString("public_key")).orElseThrow();
              return new Pong(said.getString("from"), key, "", Duration.ZERO);
            })
        .otherwise(refused -> new PingFailed(MeshFailure.UNREACHABLE, refused.getMessage()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
