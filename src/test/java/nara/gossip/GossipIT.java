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
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.presence.OwnEventPublisher;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.ManualScheduler;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole nodes in gossip mode, without any broker, by a time that is moved by hand. */
class GossipIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The longest pause between two rounds: after it everybody has had one. */
  private static final Duration ROUND = Duration.ofSeconds(300);

  private static final Duration STEP = Duration.ofSeconds(20);

  private final ManualScheduler time = ManualScheduler.fromNow();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  @Test
  void eight_that_know_one_of_them_find_each_other_and_hear_of_what_happens_to_any() {
    for (int i = 0; i < 8; i++) {
      start(
          "nara-" + i,
          i == 0 ? config -> config : TestNode.withPeers(nodes.get(0).configuredPeer()));
      sayHello(nodes.get(i));
    }
    round();
    round();
    round();
    for (TestNode node : nodes) {
      until(() -> reachable(node).size() == 7);
    }

    byte[] event = say(nodes.get(3), tease("nara-3", "nara-4"));
    round();
    round();

    String text = new String(event, StandardCharsets.UTF_8);
    for (TestNode node : nodes) {
      until(() -> node.heldEvents().contains(text));
    }
  }

  @Test
  void restarted_node_recovers_from_one_known_peer() {
    start("nara-0", config -> config);
    TestNode other = start("nara-1", TestNode.withPeers(nodes.get(0).configuredPeer()));
    sayHello(nodes.get(0));
    sayHello(other);
    say(other, tease("nara-1", "nara-0"));
    round();
    // Of pings a ledger keeps the newest only, and there are newer ones when it is back.
    Set<String> held = new TreeSet<>(other.heldEvents());
    held.removeIf(event -> event.contains("\"svc\":\"ping\""));
    nodes.remove(other);
    other.close();

    TestNode again = start("nara-1", TestNode.withPeers(nodes.get(0).configuredPeer()));

    assertThat(again.report().outcome()).isEqualTo("complete");
    assertThat(again.heldEvents()).containsAll(held);
  }

  @Test
  void an_event_can_be_told_to_one_neighbour_alone() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.withPeers(lisa.configuredPeer()));
    bart.report();
    byte[] event = Citizen.named("bart").tease(Event.unixNanos(time.instant()), "lisa");

    MeshRequest.DeliveryOutcome first = tell(bart, "lisa", event);
    MeshRequest.DeliveryOutcome again = tell(bart, "lisa", event);
    MeshRequest.DeliveryOutcome nobody = tell(bart, "moe", event);

    assertThat(first).isEqualTo(new MeshRequest.EventDelivered(true));
    assertThat(again).isEqualTo(new MeshRequest.EventDelivered(false));
    assertThat(nobody).isInstanceOf(MeshRequest.DeliveryFailed.class);
    assertThat(lisa.heldEvents()).contains(new String(event, StandardCharsets.UTF_8));
    assertThat(bart.heldEvents()).doesNotContain(new String(event, StandardCharsets.UTF_8));
  }

  @Test
  void missed_events_arrive_within_one_hour() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.withPeers(lisa.configuredPeer()));
    bart.report();
    // Too old for any zine.
    Instant yesterday = time.instant().minus(Duration.ofHours(20));
    OwnEventPublisher own = new OwnEventPublisher(lisa.node().bus(), lisa.node().identity(), time);
    await(own.publish(Event.unixNanos(yesterday), tease("lisa", "moe")));

    pass(Duration.ofHours(1));

    until(() -> bart.heldEvents().stream().anyMatch(json -> json.contains("\"moe\"")));
    assertThat(counts(bart).peersAsked()).isPositive();
  }

  @Test
  void between_two_of_ours_nothing_of_a_day_is_missed_however_much_it_is() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.withPeers(lisa.configuredPeer()));
    bart.report();
    Set<String> missed = sayYesterday(lisa, 3 * BackgroundSync.MAX_EVENTS);

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
      Set<String> missed = sayYesterday(lisa, 2 * BackgroundSync.MAX_EVENTS);

      pass(Duration.ofMinutes(40));

      Set<String> found = bart.heldEvents();
      found.retainAll(missed);
      // The latest of all; what happened since then is among them.
      assertThat(found).hasSizeBetween(1, BackgroundSync.MAX_EVENTS);
    }
  }

  /** Teases that are too old for any zine, as they are held. */
  private Set<String> sayYesterday(TestNode node, int count) {
    Instant yesterday = time.instant().minus(Duration.ofHours(20));
    String name = node.node().identity().name();
    OwnEventPublisher own = new OwnEventPublisher(node.node().bus(), node.node().identity(), time);
    Set<String> before = node.heldEvents();
    for (int i = 0; i < count; i++) {
      await(own.publish(Event.unixNanos(yesterday.plusSeconds(i)), tease(name, "moe-" + i)));
    }
    Set<String> said = node.heldEvents();
    said.removeAll(before);
    return said;
  }

  @Test
  void read_only_or_meshless_node_sends_no_gossip() {
    TestNode lisa = start("lisa", config -> config);
    TestNode silent =
        start(
            "silent",
            config -> TestNode.withPeers(lisa.configuredPeer()).apply(config).with(Transport.MQTT));

    time.advance(Duration.ofHours(2));

    assertThat(reachable(silent)).isEmpty();
    assertThat(silent.report().neighbours()).isEmpty();
    assertThat(counts(silent)).isEqualTo(new GossipCounts(0, 0, 0, 0, 0, 0));
    assertThat(tell(silent, "lisa", new byte[0]))
        .isInstanceOfSatisfying(
            MeshRequest.DeliveryFailed.class,
            not -> assertThat(not.reason()).contains("does not use the mesh"));
  }

  private TestNode start(String name, UnaryOperator<NodeConfig> config) {
    TestNode node =
        TestNode.start(
            name,
            List.of(),
            loopback -> config.apply(loopback.with(Transport.GOSSIP)),
            recoveryProgressed -> {},
            time);
    nodes.add(node);
    return node;
  }

  private void sayHello(TestNode node) {
    Identity me = node.node().identity();
    String key = me.keys().publicKey().encoded();
    say(node, new HeyThere(me.name(), key, node.address(), me.id(), ""));
  }

  private byte[] say(TestNode node, Payload payload) {
    Identity me = node.node().identity();
    await(new OwnEventPublisher(node.node().bus(), me, time).publish(payload));
    return EventWriter.writeSigned(me, Event.unixNanos(time.instant()), payload);
  }

  /**
   * Lets everybody have a round. In small steps, since what is signed at one time must arrive
   * before that is half a minute ago.
   */
  private void round() {
    pass(ROUND);
  }

  private void pass(Duration total) {
    for (Duration gone = Duration.ZERO; gone.compareTo(total) < 0; gone = gone.plus(STEP)) {
      time.advance(STEP);
      nodes.forEach(node -> until(() -> counts(node).inFlight() == 0));
    }
  }

  private static Set<String> reachable(TestNode node) {
    return await(
            node.node()
                .bus()
                .request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), PATIENCE))
        .neighbours()
        .stream()
        .filter(Neighbour::online)
        .filter(neighbour -> !neighbour.address().isEmpty())
        .map(Neighbour::name)
        .collect(Collectors.toSet());
  }

  private static GossipCounts counts(TestNode node) {
    return await(
        node.node()
            .bus()
            .request(GossipRequest.ADDRESS, new GossipRequest.GetGossipCounts(), PATIENCE));
  }

  private static MeshRequest.DeliveryOutcome tell(TestNode node, String name, byte[] event) {
    return await(
        node.node()
            .bus()
            .request(
                GossipRequest.ADDRESS, new GossipRequest.SendToNeighbour(name, event), PATIENCE));
  }

  private static Social tease(String actor, String target) {
    return new Social("tease", actor, "", target, "", "random", "");
  }

  private static void until(BooleanSupplier condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("still not so").isBefore(end);
      Thread.onSpinWait();
    }
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, PATIENCE);
  }
}
