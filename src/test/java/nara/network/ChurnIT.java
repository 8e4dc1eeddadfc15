package nara.network;

import static nara.network.Village.forms;
import static nara.network.Village.until;
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
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.Judged;
import nara.node.NaraNode;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;

/** An hour in which nodes join, leave and are killed, by the hands and from one seed. */
class ChurnIT {
  private static final long SEED = 7;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int FEWEST = 3;
  private static final int MOST = 6;

  /** An event in a ledger, decoded and in all its indexes: 2.5 KB were measured, of 420 in JSON. */
  private static final long BYTES_EACH = 4_096;

  /** What the machine itself comes to use, classes and compiled code; a node has 2 MB and more. */
  private static final long NOISE = 8L << 20;

  /** Threads that belong to no node: of the JVM, of virtual threads, of libraries' cleaning up. */
  private static final List<String> OF_THE_MACHINE =
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
  private final Map<EventId, Judged> said = new LinkedHashMap<>();

  private final List<WeakReference<NaraNode>> gone = new ArrayList<>();
  private final Map<String, Integer> happened = new TreeMap<>();

  @Test
  void an_hour_of_coming_and_going_loses_no_event_and_leaves_nothing_behind() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (Mosquitto broker = Mosquitto.start();
        Village village = Village.around(broker, SEED)) {
      Instant began = village.time().instant();
      pass(village, began.plus(HOUR.dividedBy(3)));
      Heap early = heap(village);
      pass(village, began.plus(HOUR));
      assertThat(happened).allSatisfy((what, times) -> assertThat(times).isGreaterThan(4));

      long quiet = Event.nanos(village.time().instant());
      village.pass(village.round().multipliedBy(2));
      nothingIsLost(village, quiet);
      Heap late = heap(village);

      assertThat(late.used() - early.used())
          .as("%s, then %s", early, late)
          .isLessThan(NOISE + BYTES_EACH * (late.events() - early.events()));
      until(() -> collected(gone), () -> "nodes are still held");
    }
    until(() -> left(before).isEmpty(), () -> left(before));
  }

  private void pass(Village village, Instant end) {
    while (village.time().instant().isBefore(end)) {
      somethingHappens(village);
      for (int i = 0; i < 3; i++) {
        say(village);
        village.pass(MINUTE.dividedBy(3));
      }
    }
  }

  /** At most one thing a minute. */
  private void somethingHappens(Village village) {
    int up = village.names().size();
    int draw = random.nextInt(100);
    if (up < FEWEST || (draw < 45 && up < MOST)) {
      join(village);
    } else if (draw < 70 && up > FEWEST) {
      leave(village, one(village.names()));
    } else if (draw < 90 && up > FEWEST) {
      kill(village, one(village.names()));
    }
  }

  private void join(Village village) {
    Set<String> down = new HashSet<>(Life.NAMES);
    down.removeAll(village.names());
    String name = one(down);
    village.start(name);
    village.recovered(name);
    count("joined");
  }

  private void leave(Village village, String name) {
    gone.add(new WeakReference<>(village.node(name).node()));
    village.leave(name);
    count("left");
  }

  /** What it said since its last round of gossip, it may have taken with it. */
  private void kill(Village village, String name) {
    long round = Event.nanos(village.time().instant().minus(village.pause(name)));
    said.values()
        .removeIf(each -> each.event().emitter().equals(name) && each.event().ts() > round);
    gone.add(new WeakReference<>(village.node(name).node()));
    village.kill(name);
    count("killed");
  }

  /** Some of it is said on the plaza, too, and some goes by gossip alone. */
  private void say(Village village) {
    String name = one(village.names());
    String other = one(village.names());
    Payload payload =
        random.nextBoolean()
            ? new Social("tease", name, "", other, "", "random", "")
            : new Seen(name, "", other, "", "the window");
    Event event = village.say(name, payload);
    said.put(event.id(), new Judged(event, Verdict.VALID));
  }

  private String one(Set<String> names) {
    List<String> sorted = names.stream().sorted().toList();
    return sorted.get(random.nextInt(sorted.size()));
  }

  private void count(String what) {
    happened.merge(what, 1, Integer::sum);
  }

  /**
   * What anybody holds or said before that time, everybody who is up holds, or does not by the
   * rules of the ledger: offered all of it, a ledger of the same content stays as it is.
   */
  private void nothingIsLost(Village village, long time) {
    List<Judged> all = new ArrayList<>(said.values());
    for (String name : village.names()) {
      forms(village.node(name)).stream().filter(each -> each.event().ts() < time).forEach(all::add);
    }
    for (String name : village.names()) {
      List<Judged> own = forms(village.node(name));
      Ledger ledger = new Ledger(LedgerConfig.ofSize(100_000), known -> true);
      ledger.merge(own);
      Set<EventId> held = ids(ledger);
      ledger.merge(all);
      assertThat(ids(ledger)).as(name).isEqualTo(held);
      assertThat(held).as(name).containsAll(said.keySet());
    }
  }

  private static Set<EventId> ids(Ledger ledger) {
    return ledger.export().stream().map(Event::id).collect(Collectors.toSet());
  }

  /** What is in use after a collection, by as few nodes as there ever are, and what they hold. */
  private record Heap(long used, int events) {}

  private Heap heap(Village village) {
    while (village.names().size() > FEWEST) {
      leave(village, one(village.names()));
    }
    until(() -> collected(gone), () -> "nodes are still held");
    int events = 0;
    for (String name : village.names()) {
      events += Village.stats(village.node(name)).total();
    }
    Runtime runtime = Runtime.getRuntime();
    return new Heap(runtime.totalMemory() - runtime.freeMemory(), events);
  }

  private static boolean collected(List<WeakReference<NaraNode>> gone) {
    System.gc();
    return gone.stream().allMatch(node -> node.refersTo(null));
  }

  private static List<String> left(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Predicate.not(before::contains))
        .map(Thread::getName)
        .filter(name -> OF_THE_MACHINE.stream().noneMatch(name::startsWith))
        .toList();
  }
}
