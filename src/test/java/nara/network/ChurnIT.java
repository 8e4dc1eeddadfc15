package nara.network;

import static nara.network.TestNetwork.awaitTrue;
import static nara.network.TestNetwork.heldWithVerdicts;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.node.NaraNode;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;

/** An hour in which nodes join, leave and are killed, by the hands and from one seed. */
class ChurnIT {
  private static final long SEED = 7;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** A report that somebody was seen has the time of the hearing, up to two minutes ago. */
  private static final Duration REPORT_DELAY = Duration.ofMinutes(2);

  private static final int MIN_NODES = 3;
  private static final int MAX_NODES = 6;

  /** An event in a ledger, decoded and in all its indexes: 2.5 KB were measured, of 420 in JSON. */
  private static final long BYTES_PER_EVENT = 4_096;

  /** What the machine itself comes to use, classes and compiled code; a node has 2 MB and more. */
  private static final long NOISE = 8L << 20;

  /** Threads that belong to no node: of the JVM, of virtual threads, of libraries' cleaning up. */
  private static final List<String> JVM_THREADS =
      List.of(
          "Cleaner-",
          "Common-Cleaner",
          "ForkJoinPool",
          "VirtualThread-",
          "MasterPoller",
          "Read-Poller",
          "Write-Poller",
          "process reaper",
          "Native reference cleanup thread",
          "globalEventExecutor");

  private final SplittableRandom random = new SplittableRandom(SEED);

  /** Who said what, in the order of saying. */
  private final Map<EventId, JudgedEvent> emitted = new LinkedHashMap<>();

  private final List<WeakReference<NaraNode>> stoppedNodes = new ArrayList<>();
  private final Map<String, Integer> changeCounts = new TreeMap<>();

  @Test
  void one_hour_of_churn_loses_no_event_and_leaks_nothing() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (Mosquitto broker = Mosquitto.start();
        TestNetwork network = TestNetwork.withBroker(broker, SEED)) {
      Instant began = network.time().instant();
      pass(network, began.plus(HOUR.dividedBy(3)));
      HeapUse early = heap(network);
      pass(network, began.plus(HOUR));
      assertThat(changeCounts).allSatisfy((what, times) -> assertThat(times).isGreaterThan(4));

      long quiet = Event.unixNanos(network.time().instant());
      network.advance(REPORT_DELAY);
      network.advance(network.gossipRound().multipliedBy(2));
      assertNothingLost(network, quiet);
      HeapUse late = heap(network);

      assertThat(late.used() - early.used())
          .as("%s, then %s", early, late)
          .isLessThan(NOISE + BYTES_PER_EVENT * (late.events() - early.events()));
      awaitTrue(() -> collected(stoppedNodes), () -> "nodes are still held");
    }
    awaitTrue(() -> leakedThreads(before).isEmpty(), () -> leakedThreads(before));
  }

  private void pass(TestNetwork network, Instant end) {
    while (network.time().instant().isBefore(end)) {
      randomChange(network);
      for (int i = 0; i < 3; i++) {
        emit(network);
        network.advance(MINUTE.dividedBy(3));
      }
    }
  }

  /** At most one thing a minute. */
  private void randomChange(TestNetwork network) {
    int up = network.names().size();
    int draw = random.nextInt(100);
    if (up < MIN_NODES || (draw < 45 && up < MAX_NODES)) {
      join(network);
    } else if (draw < 70 && up > MIN_NODES) {
      leave(network, randomName(network.names()));
    } else if (draw < 90 && up > MIN_NODES) {
      kill(network, randomName(network.names()));
    }
  }

  private void join(TestNetwork network) {
    Set<String> down = new HashSet<>(NetworkScenario.NAMES);
    down.removeAll(network.names());
    String name = randomName(down);
    network.start(name);
    network.awaitRecovery(name);
    count("joined");
  }

  private void leave(TestNetwork network, String name) {
    stoppedNodes.add(new WeakReference<>(network.node(name).node()));
    network.leave(name);
    count("left");
  }

  /** What it said since its last round of gossip, it may have taken with it. */
  private void kill(TestNetwork network, String name) {
    long round = Event.unixNanos(network.time().instant().minus(network.gossipInterval(name)));
    emitted
        .values()
        .removeIf(each -> each.event().emitter().equals(name) && each.event().ts() > round);
    stoppedNodes.add(new WeakReference<>(network.node(name).node()));
    network.kill(name);
    count("killed");
  }

  /** Some of it is said on the plaza, too, and some goes by gossip alone. */
  private void emit(TestNetwork network) {
    String name = randomName(network.names());
    String other = randomName(network.names());
    Payload payload =
        random.nextBoolean()
            ? new Social("tease", name, "", other, "", "random", "")
            : new Seen(name, "", other, "", "the window");
    Event event = network.emit(name, payload);
    emitted.put(event.id(), new JudgedEvent(event, Verdict.VALID));
  }

  private String randomName(Set<String> names) {
    List<String> sorted = names.stream().sorted().toList();
    return sorted.get(random.nextInt(sorted.size()));
  }

  private void count(String what) {
    changeCounts.merge(what, 1, Integer::sum);
  }

  /**
   * What anybody holds or said before that time, everybody who is up holds, or does not by the
   * rules of the ledger: offered all of it, a ledger of the same content stays as it is.
   */
  private void assertNothingLost(TestNetwork network, long time) {
    List<JudgedEvent> all = new ArrayList<>(emitted.values());
    for (String name : network.names()) {
      heldWithVerdicts(network.node(name)).stream()
          .filter(each -> each.event().ts() < time && !isPing(each))
          .forEach(all::add);
    }
    for (String name : network.names()) {
      List<JudgedEvent> own = heldWithVerdicts(network.node(name));
      Ledger ledger = new Ledger(LedgerConfig.ofSize(100_000), known -> Standing.ESTABLISHED);
      ledger.merge(own);
      Set<EventId> held = ids(ledger);
      ledger.merge(all);
      assertThat(ids(ledger)).as(() -> lost(name, held, all, network)).isEqualTo(held);
      assertThat(held).as(name).containsAll(emitted.keySet());
    }
  }

  private static String lost(
      String name, Set<EventId> held, List<JudgedEvent> all, TestNetwork network) {
    return all.stream()
        .filter(each -> !held.contains(each.event().id()))
        .map(each -> "%s lacks %s of %s".formatted(name, each, each.event().emitter()))
        .distinct()
        .collect(Collectors.joining("\n", "", "\n" + NetworkDump.of(network)));
  }

  /** Which pings of a target stay depends on how well a node knows their observers. */
  private static boolean isPing(JudgedEvent judged) {
    return judged.event().payload() instanceof Ping;
  }

  private static Set<EventId> ids(Ledger ledger) {
    return ledger.export().stream().map(Event::id).collect(Collectors.toSet());
  }

  /** What is in use after a collection, by as few nodes as there ever are, and what they hold. */
  private record HeapUse(long used, int events) {}

  private HeapUse heap(TestNetwork network) {
    while (network.names().size() > MIN_NODES) {
      leave(network, randomName(network.names()));
    }
    awaitTrue(() -> collected(stoppedNodes), () -> "nodes are still held");
    int events = 0;
    for (String name : network.names()) {
      events += TestNetwork.stats(network.node(name)).total();
    }
    Runtime runtime = Runtime.getRuntime();
    return new HeapUse(runtime.totalMemory() - runtime.freeMemory(), events);
  }

  private static boolean collected(List<WeakReference<NaraNode>> gone) {
    System.gc();
    return gone.stream().allMatch(node -> node.refersTo(null));
  }

  private static List<String> leakedThreads(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Predicate.not(before::contains))
        .map(Thread::getName)
        .filter(name -> JVM_THREADS.stream().noneMatch(name::startsWith))
        .toList();
  }
}
