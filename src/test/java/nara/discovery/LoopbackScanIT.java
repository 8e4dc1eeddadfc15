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
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.discovery.DiscoveryConfig.Scan;
import nara.discovery.DiscoveryRequest.Discover;
import nara.discovery.DiscoveryRequest.Neighbourhood;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.NoPong;
import nara.mesh.MeshRequest.Ping;
import nara.mesh.MeshRequest.PingOutcome;
import nara.mesh.MeshRequest.Pong;
import nara.mesh.PeerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scans a range of loopback addresses, on one of which somebody really listens. */
@ExtendWith(VertxExtension.class)
class LoopbackScanIT {
  @Test
  void the_one_who_listens_in_the_range_is_found(Vertx vertx) throws Exception {
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
                                    .put("public_key", Somebody.key("lisa").encoded())
                                    .toBuffer()))
                .listen(0, "127.0.0.5"));
    HttpClient http = vertx.createHttpClient();
    Bus.of(vertx).serve(MeshRequest.ADDRESS, Ping.class, ping -> ping(http, ping));
    DiscoveryConfig config =
        new DiscoveryConfig(
            List.of(),
            Optional.of(new Scan("127.0.0.0/28", lisa.actualPort())),
            "",
            Duration.ofSeconds(5),
            4);
    await(
        vertx.deployVerticle(
            new DiscoveryVerticle(
                Somebody.named("me"), new Keyring(), config, InstantSource.system())));

    Neighbourhood all =
        await(Bus.of(vertx).ask(DiscoveryRequest.ADDRESS, new Discover(), Duration.ofSeconds(30)));

    assertThat(all.neighbours())
        .containsExactly(
            new Neighbour(
                "lisa",
                "",
                "127.0.0.5:" + lisa.actualPort(),
                Optional.of(Somebody.key("lisa")),
                Set.of(Neighbour.Source.SCAN),
                true));
    assertThat(all.troubles()).isEmpty();
  }

  private static Future<PingOutcome> ping(HttpClient http, Ping ping) {
    PeerAddress address = PeerAddress.parse(ping.address()).orElseThrow();
    return http.request(HttpMethod.GET, address.port(), address.host(), "/ping")
        .compose(request -> request.send().compose(HttpClientResponse::body))
        .<PingOutcome>map(
            body -> {
              JsonObject said = body.toJsonObject();
              PublicKey key = PublicKey.parse(said.getString("public_key")).orElseThrow();
              return new Pong(said.getString("from"), key, "", Duration.ZERO);
            })
        .otherwise(refused -> new NoPong(MeshFailure.UNREACHABLE, refused.getMessage()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
