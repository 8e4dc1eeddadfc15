package nara.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Payload;
import nara.event.Social;
import nara.event.json.EventWriter;
import nara.gossip.GossipRequest.GossipCounts;
import nara.identity.Identity;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.DeliveryOutcome;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.presence.OwnEventPublisher;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.FaultyPeer;
import nara.testing.ManualScheduler;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole nodes in gossip mode without a broker. The test moves the time. */
class GossipIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** The longest interval between two rounds: every node has one in that time. */
  private static final Duration ROUND = Duration.ofSeconds(300);

  /** Small, because a request that was signed half a minute ago is refused. */
  private static final Duration STEP = Duration.ofSeconds(20);

  private final ManualScheduler time = ManualScheduler.fromNow();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  @Test
  void eight_nodes_find_each_other_and_share_events_when_seven_know_only_the_first() {
    for (int i = 0; i < 8; i++) {
      start(
          "nara-" + i,
          i == 0 ? config -> config : TestNode.withPeers(nodes.get(0).configuredPeer()));
      announce(nodes.get(i));
    }
    pass(ROUND);
    pass(ROUND);
    pass(ROUND);
    for (TestNode node : nodes) {
      until(() -> reachable(node).size() == 7);
    }

    byte[] event = publish(nodes.get(3), tease("nara-3", "nara-4"));
    pass(ROUND);
    pass(ROUND);

    String text = new String(event, StandardCharsets.UTF_8);
    for (TestNode node : nodes) {
      until(() -> node.heldEvents().contains(text));
    }
  }

  @Test
  void restarted_node_recovers_from_one_known_peer() {
    start("nara-0", config -> config);
    TestNode other = start("nara-1", TestNode.withPeers(nodes.get(0).configuredPeer()));
    announce(nodes.get(0));
    announce(other);
    publish(other, tease("nara-1", "nara-0"));
    pass(ROUND);
    // A ledger keeps only the newest pings, and there will be newer ones after the restart.
    Set<String> held = new TreeSet<>(other.heldEvents());
    held.removeIf(event -> event.contains("\"svc\":\"ping\""));
    nodes.remove(other);
    other.close();

    TestNode again = start("nara-1", TestNode.withPeers(nodes.get(0).configuredPeer()));

    assertThat(again.report().outcome()).isEqualTo("complete");
    assertThat(again.heldEvents()).containsAll(held);
  }

  @Test
  void goodbye_reaches_a_neighbour_when_the_node_stops_before_its_first_round() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.withPeers(lisa.configuredPeer()));
    bart.report();
    until(() -> reachable(bart).contains("lisa"));

    time.advance(Duration.ofSeconds(1));
    nodes.remove(bart);
    bart.close();

    assertThat(lisa.heldEvents())
        .anySatisfy(event -> assertThat(event).contains("\"svc\":\"chau\"", "\"bart\""));
    until(() -> !reachable(lisa).contains("bart"));
  }

  @Test
  void event_reaches_one_neighbour_only_when_sent_to_it() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.withPeers(lisa.configuredPeer()));
    bart.report();
    byte[] event = Citizen.named("bart").tease(Event.unixNanos(time.instant()), "lisa");

    DeliveryOutcome first = send(bart, "lisa", event);
    DeliveryOutcome again = send(bart, "lisa", event);
    DeliveryOutcome unknown = send(bart, "moe", event);

    assertThat(first).isEqualTo(new MeshRequest.EventDelivered(true));
    assertThat(again).isEqualTo(new MeshRequest.EventDelivered(false));
    assertThat(unknown).isInstanceOf(MeshRequest.DeliveryFailed.class);
    assertThat(lisa.heldEvents()).contains(new String(event, StandardCharsets.UTF_8));
    assertThat(bart.heldEvents()).doesNotContain(new String(event, StandardCharsets.UTF_8));
  }

  @Test
  void missed_events_arrive_within_one_hour() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.withPeers(lisa.configuredPeer()));
    bart.report();
    Instant yesterday = time.instant().minus(Duration.ofHours(20));
    OwnEventPublisher own = new OwnEventPublisher(lisa.node().bus(), lisa.node().identity(), time);
    await(own.publish(Event.unixNanos(yesterday), tease("lisa", "moe")));

    pass(Duration.ofHours(1));

    until(() -> bart.heldEvents().stream().anyMatch(json -> json.contains("\"moe\"")));
    assertThat(counts(bart).peersAsked()).isPositive();
  }

  @Test
  void all_events_of_one_day_arrive_when_both_peers_can_reconcile() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.withPeers(lisa.configuredPeer()));
    bart.report();
    Set<String> missed = publishYesterday(lisa, 3 * BackgroundSync.MAX_EVENTS);

    pass(Duration.ofHours(1));

    assertThat(bart.heldEvents()).containsAll(missed);
    assertThat(counts(bart).peersAsked()).isPositive();
  }

  @Test
  void peer_without_reconcile_is_asked_for_recent_events() {
    TestNode lisa = start("lisa", config -> config);
    try (FaultyPeer older =
        FaultyPeer.proxying(lisa.address()).without("/events/reconcile", "/events/fetch")) {
      TestNode bart = start("bart", TestNode.withPeers("lisa@" + older.address()));
      bart.report();
      Set<String> missed = publishYesterday(lisa, 2 * BackgroundSync.MAX_EVENTS);

      pass(Duration.ofMinutes(40));

      Set<String> found = bart.heldEvents();
      found.retainAll(missed);
      // Newer events are among those that the peer sent.
      assertThat(found).hasSizeBetween(1, BackgroundSync.MAX_EVENTS);
    }
  }

  @Test
  void all_events_since_the_last_contact_come_from_a_peer_without_reconcile() {
    TestNode lisa = start("lisa", config -> config);
    try (FaultyPeer older =
        FaultyPeer.proxying(lisa.address()).without("/events/reconcile", "/events/fetch")) {
      TestNode bart = start("bart", TestNode.withPeers("lisa@" + older.address()));
      assertThat(bart.report().outcome()).isEqualTo("complete");
      Set<String> missed =
          publish(lisa, time.instant().minusSeconds(1_800), 3 * BackgroundSync.MAX_EVENTS);

      pass(Duration.ofMinutes(40));

      assertThat(bart.heldEvents()).containsAll(missed);
    }
  }

  /** Teases that are too old for a zine, as the node holds them. */
  private Set<String> publishYesterday(TestNode node, int count) {
    return publish(node, time.instant().minus(Duration.ofHours(20)), count);
  }

  private Set<String> publish(TestNode node, Instant from, int count) {
    String name = node.node().identity().name();
    OwnEventPublisher own = new OwnEventPublisher(node.node().bus(), node.node().identity(), time);
    Set<String> before = node.heldEvents();
    for (int i = 0; i < count; i++) {
      await(own.publish(Event.unixNanos(from.plusSeconds(i)), tease(name, "moe-" + i)));
    }
    Set<String> published = node.heldEvents();
    published.removeAll(before);
    return published;
  }

  @Test
  void read_only_or_meshless_node_sends_no_gossip() {
    TestNode lisa = start("lisa", config -> config);
    TestNode meshless =
        start(
            "meshless",
            config -> TestNode.withPeers(lisa.configuredPeer()).apply(config).with(Transport.MQTT));

    time.advance(Duration.ofHours(2));

    assertThat(reachable(meshless)).isEmpty();
    assertThat(meshless.report().neighbours()).isEmpty();
    assertThat(counts(meshless)).isEqualTo(new GossipCounts(0, 0, 0, 0, 0, 0));
    assertThat(send(meshless, "lisa", new byte[0]))
        .isInstanceOfSatisfying(
            MeshRequest.DeliveryFailed.class,
            failed -> assertThat(failed.reason()).contains("does not use the mesh"));
  }

  private TestNode start(String name, UnaryOperator<NodeConfig> config) {
    TestNode node =
        TestNode.start(
            name,
            List.of(),
            loopback -> config.apply(loopback.with(Transport.GOSSIP)),
            progressed -> {},
            time);
    nodes.add(node);
    return node;
  }

  private void announce(TestNode node) {
    Identity me = node.node().identity();
    String key = me.keys().publicKey().encoded();
    publish(node, new HeyThere(me.name(), key, node.address(), me.id(), ""));
  }

  private byte[] publish(TestNode node, Payload payload) {
    Identity me = node.node().identity();
    await(new OwnEventPublisher(node.node().bus(), me, time).publish(payload));
    return EventWriter.writeSigned(me, Event.unixNanos(time.instant()), payload);
  }

  private void pass(Duration total) {
    for (Duration gone = Duration.ZERO; gone.compareTo(total) < 0; gone = gone.plus(STEP)) {
      time.advance(STEP);
      nodes.forEach(node -> until(() -> counts(node).inFlight() == 0));
    }
  }

  private static Set<String> reachable(TestNode node) {
    return ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours())
        .neighbours()
        .stream()
        .filter(Neighbour::online)
        .filter(neighbour -> !neighbour.address().isEmpty())
        .map(Neighbour::name)
        .collect(Collectors.toSet());
  }

  private static GossipCounts counts(TestNode node) {
    return ask(node, GossipRequest.ADDRESS, new GossipRequest.GetGossipCounts());
  }

  private static DeliveryOutcome send(TestNode node, String name, byte[] event) {
    return ask(node, GossipRequest.ADDRESS, new GossipRequest.SendToNeighbour(name, event));
  }

  private static Social tease(String actor, String target) {
    return new Social("tease", actor, "", target, "", "random", "");
  }

  private static <R extends BusMessage> R ask(TestNode node, String address, Request<R> request) {
    return await(node.node().bus().request(address, request, TIMEOUT));
  }

  private static void until(BooleanSupplier condition) {
    FakeBus.until(condition::getAsBoolean, met -> met);
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }
}
