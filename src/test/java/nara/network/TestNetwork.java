package nara.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Payload;
import nara.event.json.EventWriter;
import nara.gossip.GossipConfig;
import nara.gossip.GossipRequest;
import nara.gossip.GossipRequest.GossipCounts;
import nara.identity.Identity;
import nara.identity.Personality;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.MemoryMode;
import nara.mqtt.PlazaRequest;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.presence.OwnEventPublisher;
import nara.recovery.RecoveryConfig;
import nara.recovery.RecoveryRequest;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import nara.testing.Mosquitto;
import nara.testing.TcpProxy;
import nara.testing.TestNode;

/**
 * Whole nodes that live together, by one time that is moved by hand; every chance is drawn from one
 * seed. With a broker they meet on its plaza and nowhere else; without one each knows the address
 * of the first.
 */
final class TestNetwork implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Less than what a signed request may be old, so that none is when it arrives. */
  private static final Duration STEP = Duration.ofSeconds(20);

  /** The stages of a recovery that may only end because time passes. */
  private static final Set<String> TIMED_STAGES = Set.of("discovery", "plaza", "further");

  private record ConnectedNode(TestNode node, Optional<TcpProxy> cable) {}

  private final ManualScheduler time = ManualScheduler.fromNow();
  private final Optional<Mosquitto> broker;
  private final SplittableRandom random;
  private final Map<String, ConnectedNode> runningNodes = new TreeMap<>();
  private String firstName = "";

  private TestNetwork(Optional<Mosquitto> broker, long seed) {
    this.broker = broker;
    this.random = new SplittableRandom(seed);
  }

  /** Nobody yet; all will meet on that broker. */
  static TestNetwork withBroker(Mosquitto broker, long seed) {
    return new TestNetwork(Optional.of(broker), seed);
  }

  /** Nobody yet; there is no broker. */
  static TestNetwork withoutBroker(long seed) {
    return new TestNetwork(Optional.empty(), seed);
  }

  ManualScheduler time() {
    return time;
  }

  /** Who is up, by name. */
  Set<String> names() {
    return Set.copyOf(runningNodes.keySet());
  }

  TestNode node(String name) {
    return runningNodes.get(name).node();
  }

  private Collection<TestNode> nodes() {
    return runningNodes.values().stream().map(ConnectedNode::node).toList();
  }

  /** Starts a node, with nothing in its ledger. */
  TestNode start(String name) {
    Optional<TcpProxy> cable = broker.map(Mosquitto::url).map(TcpProxy::new);
    TestNode node =
        TestNode.start(
            name,
            List.of(),
            config -> withPlaza(config, cable),
            progressed -> {},
            time,
            new SplittableRandom(random.nextLong()));
    runningNodes.put(name, new ConnectedNode(node, cable));
    if (firstName.isEmpty()) {
      firstName = name;
    }
    if (broker.isPresent()) {
      awaitTrue(() -> connected(node));
    }
    return node;
  }

  /** Who meets others on a plaza waits for them as long as any node does. */
  private NodeConfig withPlaza(NodeConfig config, Optional<TcpProxy> cable) {
    RecoveryConfig waiting = RecoveryConfig.defaults(config.memory().mode());
    return cable
        .map(way -> config.with(config.plaza().withUrl(way.url())).with(waiting))
        .orElseGet(() -> knowingTheFirst(config).with(Transport.GOSSIP));
  }

  private NodeConfig knowingTheFirst(NodeConfig config) {
    return runningNodes.containsKey(firstName)
        ? TestNode.withPeers(node(firstName).configuredPeer()).apply(config)
        : config;
  }

  private static boolean connected(TestNode node) {
    return ask(node, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState()).connected();
  }

  /** Until the boot recovery of this node is over: time moves while that is what it waits for. */
  void awaitRecovery(String name) {
    TestNode node = node(name);
    awaitTrue(
        () -> {
          CurrentReport soFar =
              ask(node, RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport());
          if (TIMED_STAGES.contains(soFar.stage())) {
            advance(Duration.ofSeconds(5));
          }
          return soFar.finished();
        });
  }

  /** Stops a node in order: it says goodbye. */
  void leave(String name) {
    ConnectedNode left = runningNodes.remove(name);
    left.node().close();
    left.cable().ifPresent(TcpProxy::close);
  }

  /** Ends a node as a crash does: nobody hears a word. */
  void kill(String name) {
    ConnectedNode killed = runningNodes.remove(name);
    killed.cable().ifPresent(TcpProxy::close);
    if (killed.cable().isPresent()) {
      awaitTrue(() -> !connected(killed.node()));
    }
    killed.node().kill();
  }

  /** Lets somebody say something: what it is, it takes for true as all will who know its key. */
  Event emit(String name, Payload payload) {
    Identity me = node(name).node().identity();
    long ts = Event.unixNanos(time.instant());
    assertThat(
            await(new OwnEventPublisher(node(name).node().bus(), me, time).publish(ts, payload))
                .added())
        .isEqualTo(1);
    return Citizen.read(EventWriter.writeSigned(me, ts, payload)).event();
  }

  /** How long a node is silent between two rounds of gossip. */
  Duration gossipInterval(String name) {
    Personality who = Personality.of(node(name).node().identity().soul());
    return GossipConfig.of(Optional.empty(), who, MemoryMode.MEDIUM, false).interval();
  }

  /**
   * A round of gossip: as long as the longest pause of those who are up, so that everybody has had
   * one of its own after it.
   */
  Duration gossipRound() {
    return names().stream().map(this::gossipInterval).max(Duration::compareTo).orElseThrow();
  }

  /** Lets time pass in steps; each exchange of one step is over before the next. */
  void advance(Duration total) {
    for (Duration left = total; left.isPositive(); left = left.minus(STEP)) {
      time.advance(left.compareTo(STEP) < 0 ? left : STEP);
      nodes().forEach(node -> awaitTrue(() -> gossip(node).inFlight() == 0));
    }
  }

  static GossipCounts gossip(TestNode node) {
    return ask(node, GossipRequest.ADDRESS, new GossipRequest.GetGossipCounts());
  }

  /** Whom a node knows to be there, with an address to reach it at. */
  static Set<String> reachable(TestNode node) {
    return ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours())
        .neighbours()
        .stream()
        .filter(Neighbour::online)
        .filter(neighbour -> !neighbour.address().isEmpty())
        .map(Neighbour::name)
        .collect(Collectors.toSet());
  }

  /** ONLINE, OFFLINE or MISSING, as a node sees somebody now. */
  String status(TestNode node, String subject) {
    return ask(
            node,
            LedgerRequest.ADDRESS,
            new LedgerRequest.SummariseSubject(subject, time.instant().getEpochSecond()))
        .status();
  }

  /** Whether everybody who is up sees somebody so. */
  boolean allSee(String subject, String status) {
    return nodes().stream().allMatch(node -> status(node, subject).equals(status));
  }

  /** Whether everybody who is up holds all of these, verified. */
  boolean allHold(Collection<EventId> ids) {
    return nodes().stream().allMatch(node -> holds(node, ids));
  }

  static boolean holds(TestNode node, Collection<EventId> ids) {
    List<EventId> wanted = List.copyOf(ids);
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.FindValidIds(wanted))
            .valid()
            .cardinality()
        == wanted.size();
  }

  static List<Event> heldEvents(TestNode node) {
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents()).events();
  }

  /** All that a node holds, with its verdicts. */
  static List<JudgedEvent> heldWithVerdicts(TestNode node) {
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.ExportVariants()).events();
  }

  static LedgerStats stats(TestNode node) {
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats());
  }

  boolean hasBroker() {
    return broker.isPresent();
  }

  static <R extends BusMessage> R ask(TestNode node, String address, Request<R> request) {
    return await(node.node().bus().request(address, request, TIMEOUT));
  }

  static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }

  /** Asks again until it is so: each question goes once around the event loop. */
  void awaitTrue(BooleanSupplier happened) {
    awaitTrue(happened, () -> NetworkDump.of(this));
  }

  /** The same, of what is no village's; a wait in vain tells what there is instead. */
  static void awaitTrue(BooleanSupplier happened, Supplier<?> instead) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not happen, but:\n" + instead.get());
      }
      Thread.yield();
    }
  }

  @Override
  public void close() {
    names().forEach(this::leave);
  }
}
