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
import nara.emit.OwnEvents;
import nara.event.Event;
import nara.event.EventWriter;
import nara.event.HeyThere;
import nara.event.Payload;
import nara.event.Social;
import nara.gossip.GossipRequest.GossipCounts;
import nara.identity.Identity;
import nara.mesh.MeshRequest;
import nara.node.Blocking;
import nara.node.NodeConfig;
import nara.node.Transport;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.HandTime;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole nodes in gossip mode, without any broker, by a time that is moved by hand. */
class GossipIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The longest pause between two rounds: after it everybody has had one. */
  private static final Duration ROUND = Duration.ofSeconds(300);

  private static final Duration STEP = Duration.ofSeconds(20);

  private final HandTime time = HandTime.fromNow();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  @Test
  void eight_that_know_one_of_them_find_each_other_and_hear_of_what_happens_to_any() {
    for (int i = 0; i < 8; i++) {
      start("nara-" + i, i == 0 ? config -> config : TestNode.knowing(nodes.get(0).peer()));
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
      until(() -> node.held().contains(text));
    }
  }

  @Test
  void one_that_restarts_gets_all_of_it_back_from_one_whom_it_knows() {
    start("nara-0", config -> config);
    TestNode other = start("nara-1", TestNode.knowing(nodes.get(0).peer()));
    sayHello(nodes.get(0));
    sayHello(other);
    say(other, tease("nara-1", "nara-0"));
    round();
    // Of pings a ledger keeps the newest only, and there are newer ones when it is back.
    Set<String> held = new TreeSet<>(other.held());
    held.removeIf(event -> event.contains("\"svc\":\"ping\""));
    nodes.remove(other);
    other.close();

    TestNode again = start("nara-1", TestNode.knowing(nodes.get(0).peer()));

    assertThat(again.report().outcome()).isEqualTo("complete");
    assertThat(again.held()).containsAll(held);
  }

  @Test
  void an_event_can_be_told_to_one_neighbour_alone() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.knowing(lisa.peer()));
    bart.report();
    byte[] event = Citizen.named("bart").tease(Event.nanos(time.instant()), "lisa");

    MeshRequest.Delivery first = tell(bart, "lisa", event);
    MeshRequest.Delivery again = tell(bart, "lisa", event);
    MeshRequest.Delivery nobody = tell(bart, "moe", event);

    assertThat(first).isEqualTo(new MeshRequest.Delivered(true));
    assertThat(again).isEqualTo(new MeshRequest.Delivered(false));
    assertThat(nobody).isInstanceOf(MeshRequest.NotDelivered.class);
    assertThat(lisa.held()).contains(new String(event, StandardCharsets.UTF_8));
    assertThat(bart.held()).doesNotContain(new String(event, StandardCharsets.UTF_8));
  }

  @Test
  void what_was_missed_is_caught_up_on_within_the_hour() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.knowing(lisa.peer()));
    bart.report();
    // Too old for any zine.
    Instant yesterday = time.instant().minus(Duration.ofHours(20));
    OwnEvents own = new OwnEvents(lisa.node().bus(), lisa.node().identity(), time);
    await(own.say(Event.nanos(yesterday), tease("lisa", "moe")));

    pass(Duration.ofHours(1));

    until(() -> bart.held().stream().anyMatch(json -> json.contains("\"moe\"")));
    assertThat(counts(bart).caughtUp()).isPositive();
  }

  @Test
  void between_two_of_ours_nothing_of_a_day_is_missed_however_much_it_is() {
    TestNode lisa = start("lisa", config -> config);
    TestNode bart = start("bart", TestNode.knowing(lisa.peer()));
    bart.report();
    Set<String> missed = sayYesterday(lisa, 3 * CatchingUp.EVENTS);

    pass(Duration.ofHours(1));

    assertThat(bart.held()).containsAll(missed);
    assertThat(counts(bart).caughtUp()).isPositive();
  }

  @Test
  void who_cannot_reconcile_is_asked_for_its_latest() {
    TestNode lisa = start("lisa", config -> config);
    try (FaultyPeer older =
        FaultyPeer.before(lisa.address()).without("/events/reconcile", "/events/fetch")) {
      TestNode bart = start("bart", TestNode.knowing("lisa@" + older.address()));
      bart.report();
      Set<String> missed = sayYesterday(lisa, 2 * CatchingUp.EVENTS);

      pass(Duration.ofMinutes(40));

      Set<String> found = bart.held();
      found.retainAll(missed);
      // The latest of all; what happened since then is among them.
      assertThat(found).hasSizeBetween(1, CatchingUp.EVENTS);
    }
  }

  /** Teases that are too old for any zine, as they are held. */
  private Set<String> sayYesterday(TestNode node, int count) {
    Instant yesterday = time.instant().minus(Duration.ofHours(20));
    String name = node.node().identity().name();
    OwnEvents own = new OwnEvents(node.node().bus(), node.node().identity(), time);
    Set<String> before = node.held();
    for (int i = 0; i < count; i++) {
      await(own.say(Event.nanos(yesterday.plusSeconds(i)), tease(name, "moe-" + i)));
    }
    Set<String> said = node.held();
    said.removeAll(before);
    return said;
  }

  @Test
  void who_only_reads_or_has_no_mesh_says_nothing() {
    TestNode lisa = start("lisa", config -> config);
    TestNode silent =
        start(
            "silent",
            config -> TestNode.knowing(lisa.peer()).apply(config).withTransport(Transport.MQTT));

    time.advance(Duration.ofHours(2));

    assertThat(reachable(silent)).isEmpty();
    assertThat(silent.report().neighbours()).isEmpty();
    assertThat(counts(silent)).isEqualTo(new GossipCounts(0, 0, 0, 0, 0, 0));
    assertThat(tell(silent, "lisa", new byte[0]))
        .isInstanceOfSatisfying(
            MeshRequest.NotDelivered.class,
            not -> assertThat(not.reason()).contains("does not use the mesh"));
  }

  private TestNode start(String name, UnaryOperator<NodeConfig> config) {
    TestNode node =
        TestNode.start(
            name,
            List.of(),
            loopback -> config.apply(loopback.withTransport(Transport.GOSSIP)),
            progress -> {},
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
    await(new OwnEvents(node.node().bus(), me, time).say(payload));
    return EventWriter.signed(me, Event.nanos(time.instant()), payload);
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
      nodes.forEach(node -> until(() -> counts(node).underWay() == 0));
    }
  }

  private static Set<String> reachable(TestNode node) {
    return await(
            node.node()
                .bus()
                .ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.WhoIsThere(), PATIENCE))
        .neighbours()
        .stream()
        .filter(Neighbour::online)
        .filter(neighbour -> !neighbour.address().isEmpty())
        .map(Neighbour::name)
        .collect(Collectors.toSet());
  }

  private static GossipCounts counts(TestNode node) {
    return await(
        node.node().bus().ask(GossipRequest.ADDRESS, new GossipRequest.Counts(), PATIENCE));
  }

  private static MeshRequest.Delivery tell(TestNode node, String name, byte[] event) {
    return await(
        node.node()
            .bus()
            .ask(GossipRequest.ADDRESS, new GossipRequest.Tell(name, event), PATIENCE));
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
