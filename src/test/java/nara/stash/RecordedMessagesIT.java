package nara.stash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryRequest;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Soul;
import nara.ledger.MemoryMode;
import nara.mesh.ListenPort;
import nara.mesh.MeshNode;
import nara.mesh.RecordedExchangesIT;
import nara.mesh.TestMesh;
import nara.stash.wire.MeshMessage;
import nara.testing.FakeBus;
import nara.testing.Vectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Each recorded message to a confidant, over HTTP, with our reply beside the reference's. Our node
 * knows no address of the senders, so its replies are in the bodies.
 */
class RecordedMessagesIT {
  private static final JsonNode FILE = Vectors.json("stash.json");
  private static final String CONFIDANT = "dee-open";

  /**
   * How the payload of our reply ends where it differs; empty for no reply. Ours refuses what the
   * reference took, and one store of its owner was not recorded.
   */
  private static final Map<String, String> OURS =
      Map.of(
          "request; the response is in the answer",
          "\"stored_at\":1795884492}",
          "request of an owner without a stash, with a request_id",
          "\"request_id\":\"r-1\",\"found\":false}",
          "request for the stash of somebody else: given",
          "\"found\":false}",
          "store under the id of somebody else: taken",
          "\"success\":false,\"reason\":\"owner_id must be from_id\"}",
          "a twenty-first owner at a confidant of medium memory",
          "\"success\":false,\"reason\":\"owner_id must be from_id\"}",
          "to_id is another nara",
          "",
          "from_id is another nara than the one that signed the headers",
          "");

  private final Map<String, Identity> naras = new HashMap<>();
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final FakeBus bus = new FakeBus();
  private final Vertx clientVertx = Vertx.vertx();
  private final HttpClient http = clientVertx.createHttpClient();
  private int port;

  @BeforeEach
  void serve() {
    Keyring keys = new Keyring();
    for (JsonNode nara : FILE.get("keys")) {
      String name = nara.get("name").asText();
      Identity identity = Identity.of(name, Soul.parse(nara.get("soul").asText()).orElseThrow());
      naras.put(name, identity);
      if (!name.equals(CONFIDANT)) {
        keys.learn(name, identity.id(), identity.keys().publicKey(), Origin.CONFIG);
      }
    }
    bus.reply(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.ListNeighbours.class,
        list -> new DiscoveryRequest.NeighbourList(List.of(), List.of()));
    bus.reply(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.ExpectFormerNeighbours.class,
        expect -> Done.DONE);
    ListenPort listenPort = new ListenPort();
    Identity me = naras.get(CONFIDANT);
    bus.deploy(
        new StashVerticle(
            new MeshNode(
                me,
                keys,
                TestMesh.config(),
                TestMesh.verifier(),
                Scheduler.of(now::get),
                listenPort),
            StashConfig.defaults(),
            MemoryMode.MEDIUM,
            new SplittableRandom(1),
            new SecureRandom()));
    bus.deploy(
        TestMesh.server(
            me,
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
  void confidant_replies_like_the_reference_except_where_it_refuses_more() throws Exception {
    int compared = 0;
    for (JsonNode exchange : FILE.at("/answers_in_body")) {
      if (exchange.get("to").asText().equals(CONFIDANT)) {
        compare(exchange);
        compared++;
      }
    }
    assertThat(compared).isEqualTo(23);
  }

  private void compare(JsonNode exchange) throws Exception {
    String label = exchange.get("label").asText();
    JsonNode recorded = exchange.get("response");
    now.set(Instant.ofEpochMilli(exchange.get("recorded_at_ms").asLong()));

    RecordedExchangesIT.Response response =
        RecordedExchangesIT.ask(http, port, exchange.get("request"));

    assertThat(response.head().statusCode()).as(label).isEqualTo(recorded.get("status").asInt());
    String theirs = recorded.get("body").asText();
    if (OURS.containsKey(label)) {
      assertThat(payload(response.body())).as(label).endsWith(OURS.get(label));
      assertThat(response.body().isEmpty()).as(label).isEqualTo(OURS.get(label).isEmpty());
    } else if (theirs.startsWith("[")) {
      assertThat(payload(response.body())).as(label).isEqualTo(payload(theirs));
    } else {
      assertThat(response.body()).as(label).isEqualTo(theirs);
    }
  }

  /** The payload of the only reply in a body; empty for an empty body. */
  private static String payload(String body) {
    if (body.isEmpty()) {
      return "";
    }
    List<MeshMessage> replies = MeshMessage.readList(body.getBytes(UTF_8));
    assertThat(replies).hasSize(1);
    String json = new String(replies.get(0).json(), UTF_8);
    int start = json.indexOf("\"payload\":") + "\"payload\":".length();
    return json.substring(start, json.indexOf(",\"signature\"", start));
  }
}
