package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import nara.event.EventId;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.Stated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How much longer a recovery takes for bad neighbours, in a time that is counted and not waited
 * for: each neighbour sends one answer after the other, and all answers are judged one by one.
 */
class BadNeighboursCostTest {
  private static final RecoveryConfig CONFIG = RecoveryConfig.defaults(MemoryMode.HOG);

  /** There and back. */
  private static final long WAY = Duration.ofMillis(10).toNanos();

  /** An event on the wire: 475 bytes at 20 MB/s. */
  private static final long SENT = 24_000;

  /** The signature of an event that is looked at. */
  private static final long JUDGED = 40_000;

  /** What is to happen at a time. */
  private record Due(long at, Runnable what) {}

  /** One recovery. */
  private static final class Run {
    final Network network = new Network();
    final List<Stated> all;
    final Set<String> tricklers = new HashSet<>();
    final Set<String> resetters = new HashSet<>();
    private final PriorityQueue<Due> agenda =
        new PriorityQueue<>(Comparator.comparingLong(Due::at));
    private final Map<String, Long> sending = new HashMap<>();
    private long judging;
    private long now;

    Run(int events) {
      all = network.events(events, i -> i * 1_000);
      network.peer("honest", all);
    }

    void liar() {
      network.peer("liar", all);
      Set<EventId> forged = new HashSet<>();
      all.forEach(event -> forged.add(event.id()));
      network.forgedBy.put("liar", forged);
    }

    void trickler() {
      network.peer("trickler", all);
      tricklers.add("trickler");
    }

    /** Is measured like an equal, and gives nothing after that. */
    void traitor() {
      network.peer("traitor", all);
    }

    void resetter() {
      network.peer("resetter", all);
      resetters.add("resetter");
    }

    Duration took(String... names) {
      List<Peer> peers = List.of(names).stream().map(n -> new Peer(n, "127.0.0.1:1")).toList();
      PagesRung rung =
          new PagesRung(peers, network.roster, CONFIG, Network.ME, new SplittableRandom(5), 0);
      goOn(rung);
      while (!rung.over()) {
        Due due = agenda.remove();
        now = due.at();
        due.what().run();
        goOn(rung);
      }
      assertThat(network.held).hasSize(all.size());
      return Duration.ofNanos(now);
    }

    private void goOn(PagesRung rung) {
      for (Command command : rung.begin()) {
        ask(rung, (Command.Fetch) command);
      }
      rung.wakeAfter().ifPresent(wait -> agenda.add(new Due(now + wait.toNanos(), rung::woken)));
    }

    private void ask(PagesRung rung, Command.Fetch fetch) {
      String name = fetch.peer().name();
      if (tricklers.contains(name)
          || (name.equals("traitor") && fetch.query() instanceof Query.Page)) {
        at(now + fetch.patience().toNanos(), rung, fetch, failed(MeshFailure.STALLED));
        return;
      }
      long asked = now;
      long begins = Math.max(now + WAY, sending.getOrDefault(name, 0L));
      agenda.add(new Due(begins, () -> send(rung, fetch, asked)));
      sending.put(name, begins);
    }

    private void send(PagesRung rung, Command.Fetch fetch, long asked) {
      String name = fetch.peer().name();
      if (sending.get(name) > now) {
        agenda.add(new Due(sending.get(name), () -> send(rung, fetch, asked)));
        return;
      }
      Fetched answer = (Fetched) network.answer(name, fetch.query());
      long whole = answer.events() * SENT;
      if (resetters.contains(name)) {
        sending.put(name, now + whole * 9 / 10);
        at(now + whole * 9 / 10, rung, fetch, failed(MeshFailure.CUT_OFF));
        return;
      }
      sending.put(name, now + whole);
      int looked = answer.offered().added() + answer.offered().rejected();
      judging = Math.max(judging, now + whole) + looked * JUDGED;
      at(judging, rung, fetch, taking(answer, Duration.ofNanos(now + whole - asked)));
    }

    private void at(long when, PagesRung rung, Command.Fetch fetch, FetchOutcome outcome) {
      agenda.add(new Due(when, () -> rung.ended(fetch.call(), outcome)));
    }

    private static FetchFailed failed(MeshFailure failure) {
      return new FetchFailed(failure, "for a test");
    }

    private static Fetched taking(Fetched answer, Duration took) {
      return new Fetched(
          answer.bytes(),
          answer.events(),
          answer.oldestTs(),
          answer.newestTs(),
          answer.nextCursor(),
          answer.hasMore(),
          answer.stated(),
          answer.offered(),
          took);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "80000, liar",
    "80000, trickler",
    "80000, resetter",
    "320000, traitor",
    "320000, all"
  })
  void the_honest_one_brings_everything_in_hardly_more_time_than_alone(int events, String bad) {
    Duration alone = new Run(events).took("honest");
    Run beside = new Run(events);
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
    assertThat(took).isLessThan(alone.multipliedBy(3).dividedBy(2));
  }
}
