package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import nara.event.EventId;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PlanCommand;
import nara.recovery.PlanCommand.StartFetch;
import nara.recovery.RecoveryConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How much longer a recovery takes for bad neighbours, in a time that is counted and not waited
 * for: each neighbour sends one answer after the other, and all answers are judged one by one.
 */
class BadNeighboursCostTest {
  private static final RecoveryConfig CONFIG = RecoveryConfig.defaults(MemoryMode.HOG);

  /** There and back. */
  private static final long ROUND_TRIP_NANOS = Duration.ofMillis(10).toNanos();

  /** An event on the wire: 475 bytes at 20 MB/s. */
  private static final long TRANSFER_NANOS = 24_000;

  /** The signature of an event that is looked at. */
  private static final long VERIFY_NANOS = 40_000;

  /** What is to happen at a time. */
  private record TimedAction(long at, Runnable what) {}

  /** One recovery. */
  private static final class Simulation {
    final SimulatedNetwork simulatedNetwork = new SimulatedNetwork();
    final List<EventRef> all;
    final Set<String> tricklers = new HashSet<>();
    final Set<String> resetters = new HashSet<>();
    private final PriorityQueue<TimedAction> agenda =
        new PriorityQueue<>(Comparator.comparingLong(TimedAction::at));
    private final Map<String, Long> sending = new HashMap<>();
    private long judging;
    private long now;

    Simulation(int events) {
      all = simulatedNetwork.makeEvents(events, i -> i * 1_000);
      simulatedNetwork.addPeer("honest", all);
    }

    void liar() {
      simulatedNetwork.addPeer("liar", all);
      Set<EventId> forged = new HashSet<>();
      all.forEach(event -> forged.add(event.id()));
      simulatedNetwork.forgedBy.put("liar", forged);
    }

    void trickler() {
      simulatedNetwork.addPeer("trickler", all);
      tricklers.add("trickler");
    }

    /** Is measured like an equal, and gives nothing after that. */
    void traitor() {
      simulatedNetwork.addPeer("traitor", all);
    }

    void resetter() {
      simulatedNetwork.addPeer("resetter", all);
      resetters.add("resetter");
    }

    Duration took(String... names) {
      List<Peer> peers = List.of(names).stream().map(n -> new Peer(n, "127.0.0.1:1")).toList();
      PagesRung rung =
          new PagesRung(
              peers,
              simulatedNetwork.peerScores,
              CONFIG,
              SimulatedNetwork.ME,
              new SplittableRandom(5),
              new AtomicInteger()::getAndIncrement);
      goOn(rung);
      while (!rung.finished()) {
        TimedAction action = agenda.remove();
        now = action.at();
        action.what().run();
        goOn(rung);
      }
      assertThat(simulatedNetwork.held).hasSize(all.size());
      return Duration.ofNanos(now);
    }

    private void goOn(PagesRung rung) {
      for (PlanCommand command : rung.startCalls(Instant.EPOCH.plusNanos(now))) {
        switch (command) {
          case StartFetch fetch -> ask(rung, fetch);
          case PlanCommand.WaitUntil wait ->
              agenda.add(
                  new TimedAction(
                      Duration.between(Instant.EPOCH, wait.time()).toNanos(), rung::onTimerFired));
          default -> throw new AssertionError(command);
        }
      }
    }

    private void ask(PagesRung rung, StartFetch fetch) {
      String name = fetch.peer().name();
      if (tricklers.contains(name)
          || name.startsWith("tarpit")
          || (name.equals("traitor") && fetch.query() instanceof Query.Page)) {
        at(now + fetch.stallTimeout().toNanos(), rung, fetch, failed(MeshFailure.STALLED));
        return;
      }
      long asked = now;
      long begins = Math.max(now + ROUND_TRIP_NANOS, sending.getOrDefault(name, 0L));
      agenda.add(new TimedAction(begins, () -> send(rung, fetch, asked)));
      sending.put(name, begins);
    }

    private void send(PagesRung rung, StartFetch fetch, long asked) {
      String name = fetch.peer().name();
      if (sending.get(name) > now) {
        agenda.add(new TimedAction(sending.get(name), () -> send(rung, fetch, asked)));
        return;
      }
      PageFetched answer = (PageFetched) simulatedNetwork.answer(name, fetch.query());
      long whole = answer.events() * TRANSFER_NANOS;
      if (resetters.contains(name)) {
        sending.put(name, now + whole * 9 / 10);
        at(now + whole * 9 / 10, rung, fetch, failed(MeshFailure.CUT_OFF));
        return;
      }
      sending.put(name, now + whole);
      int looked = answer.offerResult().added() + answer.offerResult().rejected();
      judging = Math.max(judging, now + whole) + looked * VERIFY_NANOS;
      at(judging, rung, fetch, taking(answer, Duration.ofNanos(now + whole - asked)));
    }

    private void at(long when, PagesRung rung, StartFetch fetch, FetchOutcome outcome) {
      agenda.add(new TimedAction(when, () -> rung.onCallEnded(fetch.callId(), outcome)));
    }

    private static FetchFailed failed(MeshFailure failure) {
      return new FetchFailed(failure, "for a test");
    }

    private static PageFetched taking(PageFetched answer, Duration took) {
      return new PageFetched(
          answer.bytes(),
          answer.events(),
          answer.oldestTs(),
          answer.newestTs(),
          answer.nextCursor(),
          answer.hasMore(),
          answer.eventRefs(),
          answer.offerResult(),
          took);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 50})
  void silent_neighbours_cost_at_most_three_times_the_time(int silent) {
    Duration alone = new Simulation(40_000).took("honest");
    Simulation beside = new Simulation(40_000);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < silent; i++) {
      beside.simulatedNetwork.addPeer("tarpit" + i, beside.all);
      names.add("tarpit" + i);
    }
    names.add(silent / 2, "honest");
    Duration took = beside.took(names.toArray(String[]::new));
    assertThat(took).isLessThan(alone.multipliedBy(3));
  }

  @ParameterizedTest
  @CsvSource({"80000, liar", "80000, trickler", "80000, resetter"})
  void bad_neighbours_hardly_delay_recovery(int events, String bad) {
    assertThat(beside(events, bad)).isLessThan(1.5);
  }

  @ParameterizedTest
  @CsvSource({"320000, traitor", "320000, all"})
  void what_a_peer_gave_before_it_lied_is_fetched_again_once(int events, String bad) {
    assertThat(beside(events, bad)).isLessThan(2.25);
  }

  /** The time beside bad neighbours, relative to that of the honest one alone. */
  private static double beside(int events, String bad) {
    Duration alone = new Simulation(events).took("honest");
    Simulation beside = new Simulation(events);
    beside.liar();
    beside.trickler();
    beside.resetter();
    beside.traitor();
    Duration took =
        bad.equals("all")
            ? beside.took("liar", "trickler", "resetter", "traitor", "honest")
            : beside.took(bad, "honest");
    System.out.printf(
        "%,d events beside %s: %,d ms, alone %,d ms%n",
        events, bad, took.toMillis(), alone.toMillis());
    return (double) took.toNanos() / alone.toNanos();
  }
}
