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
import nara.emit.OwnEvents;
import nara.event.Event;
import nara.event.EventId;
import nara.event.EventWriter;
import nara.event.Payload;
import nara.gossip.GossipConfig;
import nara.gossip.GossipRequest;
import nara.gossip.GossipRequest.GossipCounts;
import nara.identity.Identity;
import nara.identity.Personality;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.node.Blocking;
import nara.node.NodeConfig;
import nara.node.Transport;
import nara.plaza.PlazaRequest;
import nara.recovery.MemoryMode;
import nara.recovery.RecoveryConfig;
import nara.recovery.RecoveryRequest;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.testing.Cable;
import nara.testing.Citizen;
import nara.testing.HandTime;
import nara.testing.Mosquitto;
import nara.testing.TestNode;

/**
 * Whole nodes that live together, by one time that is moved by hand; every chance is drawn from one
 * seed. With a broker they meet on its plaza and nowhere else; without one each knows the address
 * of the first.
 */
final class Village implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Less than what a signed request may be old, so that none is when it arrives. */
  private static final Duration STEP = Duration.ofSeconds(20);

  /** The stages of a recovery that may only end because time passes. */
  private static final Set<String> WAITED_FOR = Set.of("discovery", "plaza");

  private record House(TestNode node, Optional<Cable> cable) {}

  private final HandTime time = HandTime.fromNow();
  private final Optional<Mosquitto> broker;
  private final SplittableRandom random;
  private final Map<String, House> houses = new TreeMap<>();
  private String first = "";

  private Village(Optional<Mosquitto> broker, long seed) {
    this.broker = broker;
    this.random = new SplittableRandom(seed);
  }

  /** Nobody yet; all will meet on that broker. */
  static Village around(Mosquitto broker, long seed) {
    return new Village(Optional.of(broker), seed);
  }

  /** Nobody yet; there is no broker. */
  static Village withoutBroker(long seed) {
    return new Village(Optional.empty(), seed);
  }

  HandTime time() {
    return time;
  }

  /** Who is up, by name. */
  Set<String> names() {
    return Set.copyOf(houses.keySet());
  }

  TestNode node(String name) {
    return houses.get(name).node();
  }

  private Collection<TestNode> nodes() {
    return houses.values().stream().map(House::node).toList();
  }

  /** Starts a node, with nothing in its ledger. */
  TestNode start(String name) {
    Optional<Cable> cable = broker.map(Mosquitto::url).map(Cable::new);
    TestNode node =
        TestNode.start(
            name,
            List.of(),
            config -> met(config, cable),
            progress -> {},
            time,
            new SplittableRandom(random.nextLong()));
    houses.put(name, new House(node, cable));
    if (first.isEmpty()) {
      first = name;
    }
    if (broker.isPresent()) {
      until(() -> connected(node));
    }
    return node;
  }

  /** Who meets others on a plaza waits for them as long as any node does. */
  private NodeConfig met(NodeConfig config, Optional<Cable> cable) {
    RecoveryConfig waiting = RecoveryConfig.defaults(config.memory().mode());
    return cable
        .map(way -> config.withPlaza(config.plaza().at(way.url())).withRecovery(waiting))
        .orElseGet(() -> knowingTheFirst(config).withTransport(Transport.GOSSIP));
  }

  private NodeConfig knowingTheFirst(NodeConfig config) {
    return houses.containsKey(first) ? TestNode.knowing(node(first).peer()).apply(config) : config;
  }

  private static boolean connected(TestNode node) {
    return ask(node, PlazaRequest.ADDRESS, new PlazaRequest.State()).connected();
  }

  /** Until the boot recovery of this node is over: time moves while that is what it waits for. */
  void recovered(String name) {
    TestNode node = node(name);
    until(
        () -> {
          CurrentReport soFar =
              ask(node, RecoveryRequest.ADDRESS, new RecoveryRequest.ReportSoFar());
          if (WAITED_FOR.contains(soFar.stage())) {
            pass(Duration.ofSeconds(5));
          }
          return soFar.finished();
        });
  }

  /** Stops a node in order: it says goodbye. */
  void leave(String name) {
    House left = houses.remove(name);
    left.node().close();
    left.cable().ifPresent(Cable::close);
  }

  /** Ends a node as a crash does: nobody hears a word. */
  void kill(String name) {
    House killed = houses.remove(name);
    killed.cable().ifPresent(Cable::close);
    if (killed.cable().isPresent()) {
      until(() -> !connected(killed.node()));
    }
    killed.node().kill();
  }

  /** Lets somebody say something: what it is, it takes for true as all will who know its key. */
  Event say(String name, Payload payload) {
    Identity me = node(name).node().identity();
    long ts = Event.nanos(time.instant());
    assertThat(await(new OwnEvents(node(name).node().bus(), me, time).say(ts, payload)).added())
        .isEqualTo(1);
    return Citizen.read(EventWriter.signed(me, ts, payload)).event();
  }

  /** How long a node is silent between two rounds of gossip. */
  Duration pause(String name) {
    Personality who = Personality.of(node(name).node().identity().soul());
    return GossipConfig.of(Optional.empty(), who, MemoryMode.MEDIUM).pause();
  }

  /**
   * A round of gossip: as long as the longest pause of those who are up, so that everybody has had
   * one of its own after it.
   */
  Duration round() {
    return names().stream().map(this::pause).max(Duration::compareTo).orElseThrow();
  }

  /** Lets time pass in steps; each exchange of one step is over before the next. */
  void pass(Duration total) {
    for (Duration left = total; left.isPositive(); left = left.minus(STEP)) {
      time.advance(left.compareTo(STEP) < 0 ? left : STEP);
      nodes().forEach(node -> until(() -> gossip(node).underWay() == 0));
    }
  }

  static GossipCounts gossip(TestNode node) {
    return ask(node, GossipRequest.ADDRESS, new GossipRequest.Counts());
  }

  /** Whom a node knows to be there, with an address to reach it at. */
  static Set<String> reachable(TestNode node) {
    return ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.WhoIsThere())
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
            new LedgerRequest.AboutSubject(subject, time.instant().getEpochSecond()))
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
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.HeldValid(wanted))
            .held()
            .cardinality()
        == wanted.size();
  }

  static List<Event> held(TestNode node) {
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.Export()).events();
  }

  /** All that a node holds, with its verdicts. */
  static List<Judged> forms(TestNode node) {
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.AllForms()).events();
  }

  static LedgerStats stats(TestNode node) {
    return ask(node, LedgerRequest.ADDRESS, new LedgerRequest.Stats());
  }

  static <R extends BusMessage> R ask(TestNode node, String address, Request<R> request) {
    return await(node.node().bus().ask(address, request, PATIENCE));
  }

  static <T> T await(Future<T> future) {
    return Blocking.await(future, PATIENCE);
  }

  /** Asks again until it is so: each question goes once around the event loop. */
  void until(BooleanSupplier happened) {
    until(happened, () -> Picture.of(this));
  }

  /** The same, of what is no village's; a wait in vain tells what there is instead. */
  static void until(BooleanSupplier happened, Supplier<?> instead) {
    long end = System.nanoTime() + PATIENCE.toNanos();
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
