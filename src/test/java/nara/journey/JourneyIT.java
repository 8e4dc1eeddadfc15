package nara.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.cli.output.CommandLineRun;
import nara.discovery.DiscoveryRequest;
import nara.identity.Identity;
import nara.journey.JourneyRequest.JourneyCounts;
import nara.journey.JourneyRequest.NotStarted;
import nara.journey.JourneyRequest.OwnJourney;
import nara.journey.JourneyRequest.OwnState;
import nara.journey.JourneyRequest.StartJourney;
import nara.journey.JourneyRequest.Started;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.JourneyTaken;
import nara.mesh.client.MeshRequest.SendFailed;
import nara.mesh.client.MeshRequest.SendJourney;
import nara.mqtt.PlazaRequest;
import nara.node.Blocking;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.presence.Presence;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.FreePorts;
import nara.testing.Mosquitto;
import nara.testing.TestNode;
import nara.testing.Vectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole nodes on loopback that pass journeys on. */
class JourneyIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  private TestNode start(String name, UnaryOperator<NodeConfig> config) {
    TestNode node = TestNode.start(name, List.of(), config, progressed -> {});
    nodes.add(node);
    return node;
  }

  private List<TestNode> start(int number) {
    return Stream.iterate(0, i -> i + 1)
        .limit(number)
        .map(i -> start("nara-" + i, config -> config))
        .toList();
  }

  /**
   * Tells each node that all others are online, and waits until it has verified their addresses.
   */
  private void introduceAll() {
    for (TestNode node : nodes) {
      for (TestNode other : nodes) {
        if (node != other) {
          introduce(node, other);
        }
      }
    }
    nodes.forEach(
        node ->
            FakeBus.until(
                () ->
                    ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours())
                        .neighbours()
                        .stream()
                        .filter(nara -> nara.online() && !nara.address().isEmpty())
                        .count(),
                online -> online == nodes.size() - 1));
  }

  private static void introduce(TestNode node, TestNode other) {
    Identity who = other.node().identity();
    node.node()
        .bus()
        .publish(
            Presence.ADDRESS,
            new Presence.Online(
                who.name(), who.id(), other.address(), Optional.of(who.keys().publicKey()), true));
  }

  private static <R extends BusMessage> R ask(TestNode node, String address, Request<R> request) {
    return Blocking.await(node.node().bus().request(address, request, TIMEOUT), TIMEOUT);
  }

  private static OwnJourney journeyOf(TestNode node) {
    return ask(node, JourneyRequest.ADDRESS, new JourneyRequest.ListOwnJourneys())
        .journeys()
        .get(0);
  }

  private static Journey cameHome(TestNode node) {
    return FakeBus.until(() -> journeyOf(node), own -> own.state() == OwnState.COMPLETE).journey();
  }

  private static JourneyCounts counts(TestNode node) {
    return ask(node, JourneyRequest.ADDRESS, new JourneyRequest.GetJourneyCounts());
  }

  private static Set<String> names(Journey journey) {
    return journey.hops().stream().map(Hop::nara).collect(Collectors.toSet());
  }

  @Test
  void a_journey_visits_all_and_comes_home() {
    List<TestNode> all = start(4);
    introduceAll();

    assertThat(ask(all.get(0), JourneyRequest.ADDRESS, new StartJourney("good <morning> 🍵")))
        .isInstanceOf(Started.class);

    Journey journey = cameHome(all.get(0));
    assertThat(journey.hops()).hasSize(4);
    assertThat(names(journey)).containsExactlyInAnyOrder("nara-0", "nara-1", "nara-2", "nara-3");
    assertThat(journey.isComplete()).isTrue();
    FakeBus.until(
        () ->
            all.get(0).heldEvents().stream()
                .filter(event -> event.contains("\"target\":\"nara-0\",\"reason\":\"journey-"))
                .count(),
        held -> held >= 1);
  }

  @Test
  void a_dead_nara_is_routed_round() {
    List<TestNode> all = start(5);
    introduceAll();
    List<TestNode> dead = all.subList(1, 3);
    dead.forEach(TestNode::kill);
    nodes.removeAll(dead);

    assertThat(ask(all.get(0), JourneyRequest.ADDRESS, new StartJourney("m")))
        .isInstanceOf(Started.class);

    assertThat(names(cameHome(all.get(0)))).containsExactlyInAnyOrder("nara-0", "nara-3", "nara-4");
  }

  @Test
  void eight_nodes_on_a_plaza_all_hear_that_a_journey_is_complete() {
    try (Mosquitto broker = Mosquitto.start()) {
      for (int i = 0; i < 8; i++) {
        start("nara-" + i, config -> config.with(config.plaza().withUrl(broker.url())));
      }
      introduceAll();
      nodes.forEach(
          node ->
              FakeBus.until(
                  () -> ask(node, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState()),
                  state -> state.connected()));
      nodes.subList(6, 8).forEach(TestNode::kill);
      nodes.subList(6, 8).clear();

      for (TestNode node : nodes) {
        assertThat(ask(node, JourneyRequest.ADDRESS, new StartJourney("m")))
            .isInstanceOf(Started.class);
        assertThat(cameHome(node).hops()).hasSize(6);
      }

      for (TestNode node : nodes) {
        FakeBus.until(() -> counts(node), counts -> counts.pending() == 0);
        assertThat(counts(node).counts()).containsEntry("journey_complete", 6L);
        assertThat(counts(node).counts()).containsEntry("journey_pass", 5L);
      }
      close();
      nodes.clear();
    }
  }

  @Test
  void hostile_journeys_are_refused_over_the_wire() {
    TestNode lisa = start("lisa", config -> config);
    TestNode mallory = start("mallory", config -> config);
    introduceAll();
    Identity me = mallory.node().identity();
    long now = System.currentTimeMillis() / 1_000;
    Journey mine = Journey.begin("m", "mallory", Instant.now());

    assertThat(send(mallory, lisa, new Journey("short", "m", "mallory", List.of())))
        .contains("answers 400: the id has fewer than 8 bytes");
    assertThat(send(mallory, lisa, HopSignatures.sign(mine, Citizen.named("lisa").identity(), now)))
        .contains("answers 400: this nara has signed the journey already");
    assertThat(send(mallory, lisa, new Journey(mine.id(), "m", "bart", List.of())))
        .contains("answers 400: the sender is not the last hop");
    assertThat(
            send(
                mallory,
                lisa,
                HopSignatures.sign(
                    new Journey(mine.id(), "m", "bart", List.of()),
                    Citizen.impostor("mallory").identity(),
                    now)))
        .hasValueSatisfying(
            reason ->
                assertThat(reason).contains("chain verification failed: invalid signature from"));
    Journey ofLisa = new Journey(mine.id(), "m", "lisa", List.of());
    assertThat(send(mallory, lisa, HopSignatures.sign(ofLisa, me, now)))
        .contains("answers 400: this nara did not start the journey");
    assertThat(send(mallory, lisa, mine)).isEmpty();
    assertThat(send(mallory, lisa, mine)).contains("answers 400: the journey was here before");
    assertThat(lisa.heldEvents().stream().filter(event -> event.contains("journey-complete")))
        .isEmpty();
  }

  private static Optional<String> send(TestNode from, TestNode to, Journey journey) {
    MeshRequest.Peer peer = new MeshRequest.Peer(to.node().identity().name(), to.address());
    return switch (ask(from, MeshRequest.ADDRESS, new SendJourney(peer, journey.json(), TIMEOUT))) {
      case JourneyTaken taken -> Optional.empty();
      case SendFailed failed -> Optional.of(failed.reason());
    };
  }

  @Test
  void a_node_that_is_read_only_or_without_mesh_says_why_it_starts_none() {
    TestNode reader = start("reader", JourneyIT::readOnly);

    assertThat(ask(reader, JourneyRequest.ADDRESS, new StartJourney("m")))
        .isEqualTo(new NotStarted(503, "World journey not initialized: this node is read-only"));
  }

  @Test
  void the_management_port_and_the_command_line_start_journeys() throws Exception {
    int port = FreePorts.next();
    TestNode lisa = start("lisa", c -> c.with(new NodeConfig.WebConfig(true, "127.0.0.1", port)));
    start("bart", config -> config);
    String at = "127.0.0.1:" + port;

    CommandLineRun alone = CommandLineRun.of("journey", "m", "--at", at);
    assertThat(alone.code()).isEqualTo(4);
    assertThat(alone.err()).contains("no nara took the journey: no naras available");

    introduceAll();
    CommandLineRun run = CommandLineRun.of("journey", "hello", "--at", at);
    assertThat(run.err()).contains("the journey is back, with 2 hops");
    assertThat(run.code()).isZero();
    assertThat(run.out().lines()).hasSize(2);
    assertThat(run.out()).containsPattern("1\\. \\d\\d:\\d\\d:\\d\\d 🌟 bart").contains(" lisa");
    CommandLineRun json = CommandLineRun.of("journey", "again", "--at", at, "--json");
    assertThat(Vectors.parse(json.out()).get("complete").asBoolean()).isTrue();

    JsonNode list = Vectors.parse(http("GET", at, "/world/journeys", "").body());
    assertThat(list.get("server").asText()).isEqualTo("lisa");
    assertThat(list.get("journeys")).hasSize(2);
    JsonNode newest = list.get("journeys").get(0);
    assertThat(newest.get("message").asText()).isEqualTo("again");
    assertThat(newest.get("rewards").toString()).isEqualTo("{\"bart\":2,\"lisa\":10}");
    assertThat(http("POST", at, "/world/start", "nope").body()).isEqualTo("Invalid JSON\n");
    assertThat(http("POST", at, "/world/start", "{}").body()).isEqualTo("Message is required\n");
    assertThat(http("GET", at, "/world/start", "").statusCode()).isEqualTo(405);
    HttpResponse<String> started = http("POST", at, "/world/start", "{\"message\":\"<m>\"}");
    assertThat(started.statusCode()).isEqualTo(200);
    assertThat(Vectors.parse(started.body()).get("success").asBoolean()).isTrue();
    HttpResponse<String> foreign =
        http("POST", at, "/world/start", "{\"message\":\"m\"}", "Origin", "http://evil.example");
    assertThat(foreign.statusCode()).isEqualTo(403);
    cameHome(lisa);
  }

  @Test
  void the_command_line_says_what_is_wrong() throws IOException {
    CommandLineRun nobody = CommandLineRun.of("journey", "m", "--at", "127.0.0.1:1");
    CommandLineRun empty = CommandLineRun.of("journey", "");
    CommandLineRun address = CommandLineRun.of("journey", "m", "--at", "a b");

    assertThat(nobody.code()).isEqualTo(2);
    assertThat(nobody.err()).contains("no node answers at 127.0.0.1:1");
    assertThat(empty.code()).isEqualTo(2);
    assertThat(empty.err()).contains("the message is empty");
    assertThat(address.code()).isEqualTo(2);
    assertThat(address.err()).contains("--at a b has an invalid host name");
  }

  private static NodeConfig readOnly(NodeConfig config) {
    return ConfigReader.read("{\"read_only\": true}", Map.of(), 4_096)
        .config()
        .orElseThrow()
        .with(config.mesh())
        .with(config.web())
        .with(config.recovery());
  }

  private static HttpResponse<String> http(
      String method, String at, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + at + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
