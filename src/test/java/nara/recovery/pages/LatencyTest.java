package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.recovery.PlanCommand;
import nara.recovery.PlanCommand.StartFetch;
import nara.recovery.RecoveryConfig;
import nara.testing.RecordCopy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Distant neighbours in virtual time: each answer takes a latency and a time for its events. */
class LatencyTest {
  private static final RecoveryConfig CONFIG = RecoveryConfig.defaults(MemoryMode.MEDIUM);

  private record Arrival(Instant at, int number, Runnable action) {}

  private final SimulatedNetwork network = new SimulatedNetwork();
  private final PriorityQueue<Arrival> arrivals =
      new PriorityQueue<>(Comparator.comparing(Arrival::at).thenComparing(Arrival::number));
  private Instant now = Instant.EPOCH;
  private int requests;

  @ParameterizedTest
  @CsvSource({"1600, 10", "1300, 9", "300, 3", "20, 1"})
  void distant_neighbours_cost_a_few_round_trips(int latencyMillis, int mostSeconds) {
    List<EventRef> all = network.makeEvents(20_000, i -> i * 1_000);
    List<String> names = IntStream.range(0, 5).mapToObj(i -> "p" + i).toList();
    names.forEach(name -> network.addPeer(name, all));
    recover(names, Duration.ofMillis(latencyMillis));

    print(latencyMillis);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(Duration.ofSeconds(mostSeconds));
    assertThat(requests).isLessThan(60);
  }

  @ParameterizedTest
  @CsvSource({"1600, 19", "300, 5"})
  void distant_neighbours_that_hold_different_events_cost_a_few_round_trips_more(
      int latencyMillis, int mostSeconds) {
    List<EventRef> all = network.makeEvents(20_000, i -> i * 1_000);
    List<String> names = IntStream.range(0, 4).mapToObj(i -> "p" + i).toList();
    for (int k = 0; k < 4; k++) {
      int peer = k;
      network.addPeer(
          "p" + k,
          IntStream.range(0, all.size())
              .filter(i -> i % 4 == peer || (i + 1) % 4 == peer)
              .mapToObj(all::get)
              .toList());
    }
    recover(names, Duration.ofMillis(latencyMillis));

    print(latencyMillis);
    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(Duration.ofSeconds(mostSeconds));
  }

  private void print(int latencyMillis) {
    System.out.printf(
        "latency %d ms: %d requests, %d fetched, %d ms%n",
        latencyMillis, requests, network.fetched, Duration.between(Instant.EPOCH, now).toMillis());
  }

  private void recover(List<String> names, Duration latency) {
    PagesRung rung =
        new PagesRung(
            names.stream().map(name -> new Peer(name, name + ":1")).toList(),
            network.peerScores,
            CONFIG,
            SimulatedNetwork.ME,
            new SplittableRandom(1),
            new AtomicInteger()::getAndIncrement);
    while (!rung.finished()) {
      for (PlanCommand command : rung.startCalls(now)) {
        switch (command) {
          case StartFetch fetch -> arriveLater(rung, fetch, latency);
          case PlanCommand.WaitUntil wait -> schedule(wait.time(), rung::onTimerFired);
          default -> throw new AssertionError(command);
        }
      }
      if (!rung.finished()) {
        Arrival next = arrivals.remove();
        now = next.at();
        next.action().run();
      }
    }
  }

  /** 100 microseconds an event: about 5 MB/s. */
  private void arriveLater(PagesRung rung, StartFetch fetch, Duration latency) {
    requests++;
    FetchOutcome outcome = network.answer(fetch.peer().name(), fetch.query());
    Duration took = latency.plusNanos(100_000L * ((PageFetched) outcome).events());
    FetchOutcome timed = RecordCopy.with((PageFetched) outcome, "elapsed", took);
    schedule(now.plus(took), () -> rung.onCallEnded(fetch.callId(), timed));
  }

  private void schedule(Instant at, Runnable action) {
    arrivals.add(new Arrival(at, arrivals.size() + requests, action));
  }
}
