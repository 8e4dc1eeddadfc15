package nara.journey;

import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryRequest;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.mesh.ListenPort;
import nara.mesh.RecordedExchangesIT;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshRequest;
import nara.testing.FakeBus;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each recorded request to a relay, over HTTP, with our answer beside the reference's. */
class RecordedRelaysIT {
  /** Where ours refuses what the reference took, or takes what it could not send on. */
  private static final Map<String, String> OURS =
      Map.of(
          "hops null", "{\"from\":\"bob-open\",\"success\":true}\n",
          "originator unknown", "the sender is not the last hop\n",
          "the receiver is in the hops", "this nara has signed the journey already\n",
          "the originator gets its own", "this nara did not start the journey\n",
          "an id of fewer than 8 bytes", "the id has fewer than 8 bytes\n");

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final FakeBus bus = new FakeBus();
  private final Vertx clientVertx = Vertx.vertx();
  private final HttpClient http = clientVertx.createHttpClient();
  private int port;

  @BeforeEach
  void serve() {
    Identity bob = WorldVectors.nara("bob-open");
    Keyring keys = new Keyring();
    for (String name : List.of("ada-open", "cyd-open", "dee-open")) {
      Identity nara = WorldVectors.nara(name);
      keys.learn(name, nara.id(), nara.keys().publicKey(), Origin.CONFIG);
    }
    bus.reply(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.ListNeighbours.class,
        list -> new DiscoveryRequest.NeighbourList(List.of(), List.of()));
    bus.reply(
        MeshRequest.ADDRESS,
        MeshRequest.FindPeerKey.class,
        query -> new MeshRequest.PeerKeyResult(Optional.empty(), "", List.of()));
    bus.reply(
        TrustRequest.ADDRESS, TrustRequest.OfferEvents.class, o -> TrustRequest.OfferResult.NONE);
    bus.deploy(
        new JourneyVerticle(
            bob,
            keys,
            new JourneyConfig(Optional.empty(), false),
            TestMesh.verifier(),
            Scheduler.of(now::get),
            new NetworkClock(Scheduler.of(now::get))));
    ListenPort listenPort = new ListenPort();
    bus.deploy(
        TestMesh.server(
            bob,
            keys,
            TestMesh.config(),
            TestMesh.verifier(),
            now::get,
            name -> Optional.empty(),
            listenPort));
    port = listenPort.port().orElseThrow();
  }

  @AfterEach
  void close() throws Exception {
    await(clientVertx.close());
    bus.close();
  }

  @Test
  void the_server_answers_relays_like_the_reference() throws Exception {
    int compared = 0;
    for (JsonNode edge : WorldVectors.WORLD.get("edges")) {
      if (edge.get("to").asText().equals("bob-open")) {
        compare(edge);
        compared++;
      }
    }
    assertThat(compared).isEqualTo(11);
  }

  private void compare(JsonNode edge) throws Exception {
    String label = edge.get("label").asText();
    now.set(Instant.ofEpochMilli(edge.get("recorded_at_ms").asLong()));

    RecordedExchangesIT.Response response =
        RecordedExchangesIT.ask(http, port, edge.get("request"));

    Optional<String> ours =
        OURS.entrySet().stream()
            .filter(other -> label.startsWith(other.getKey()))
            .map(Map.Entry::getValue)
            .findFirst();
    JsonNode recorded = edge.get("response");
    int status =
        ours.isEmpty() ? recorded.get("status").asInt() : ours.get().startsWith("{") ? 200 : 400;
    assertThat(response.head().statusCode()).as(label).isEqualTo(status);
    assertThat(response.body())
        .as(label)
        .isEqualTo(ours.orElseGet(() -> recorded.get("body").asText()));
    assertThat(response.head().getHeader("X-Nara-Signature") != null)
        .as(label)
        .isEqualTo(status != 401);
  }
}
