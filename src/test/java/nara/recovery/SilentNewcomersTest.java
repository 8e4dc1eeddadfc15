package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.Neighbour;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.wire.MeshFailure;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.trust.KeySearch.KeySearchResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that anybody announces during a recovery, and that respond to pings and nothing else. */
class SilentNewcomersTest {
  private static final Instant START = RecoveryScenario.START;
  private static final Neighbour HONEST = RecoveryScenario.neighbour("honest", "10.0.0.1:9000");

  private record Timed(Instant at, int order, RecoveryEvent event) {}

  private final RecoveryPlan plan =
      new RecoveryPlan(RecoveryConfig.defaults(MemoryMode.MEDIUM), "me", new SplittableRandom(1));
  private final PriorityQueue<Timed> pending =
      new PriorityQueue<>(Comparator.comparing(Timed::at).thenComparing(Timed::order));
  private final List<List<Neighbour>> later = new ArrayList<>();
  private List<Neighbour> first = List.of(HONEST);
  private Duration checkpointsTake = Duration.ZERO;
  private final Map<String, Duration> delays = new HashMap<>();
  private final Set<String> asked = new HashSet<>();
  private Instant now = START;
  private int order;
  private PlanCommand.Finish finish;

  private static Neighbour stranger(String name, String address) {
    return new Neighbour(name, "", address, Optional.empty(), Set.of(Neighbour.Source.PLAZA), true);
  }

  private static List<Neighbour> strangers(String prefix, int names, int hosts) {
    return IntStream.range(0, names)
        .mapToObj(i -> stranger(prefix + i, "10.0.1." + i % hosts + ":" + (9000 + i)))
        .toList();
  }

  private Duration recover() {
    add(Duration.ZERO, new RecoveryEvent.Started(1));
    while (finish == null) {
      Timed next = pending.remove();
      now = next.at();
      plan.onEvent(next.event(), now).forEach(this::react);
    }
    return Duration.between(START, now);
  }

  private void add(Duration wait, RecoveryEvent event) {
    pending.add(new Timed(now.plus(wait), order++, event));
  }

  private void react(PlanCommand command) {
    switch (command) {
      case PlanCommand.WaitUntil until ->
          add(Duration.between(now, until.time()), new RecoveryEvent.TimerFired());
      case PlanCommand.StartDiscovery discovery -> found(first);
      case PlanCommand.FindFurther further ->
          found(later.isEmpty() ? List.of() : later.removeFirst());
      case PlanCommand.StartFetch fetch -> {
        asked.add(fetch.peer().name());
        Duration delay = delays.getOrDefault(fetch.peer().name(), Duration.ofHours(1));
        boolean stalls = delay.compareTo(fetch.stallTimeout()) > 0;
        add(
            stalls ? fetch.stallTimeout() : delay,
            new RecoveryEvent.FetchEnded(
                fetch.callId(),
                stalls
                    ? new FetchFailed(MeshFailure.STALLED, "sent nothing")
                    : RecoveryScenario.fetched(10),
                ""));
      }
      case PlanCommand.StartReconcile reconcile ->
          add(
              reconcile.timeout(),
              new RecoveryEvent.ReconcileEnded(
                  reconcile.callId(), new ReconcileFailed(MeshFailure.STALLED, "sent nothing")));
      case PlanCommand.FetchFromPlaza fetch ->
          add(
              Duration.ZERO,
              new RecoveryEvent.PlazaEnded(
                  new LedgersFetched(List.of(), fetch.subjectsByNeighbour().keySet(), "")));
      case PlanCommand.SyncCheckpoints sync ->
          add(
              checkpointsTake,
              new RecoveryEvent.CheckpointsEnded(
                  new CheckpointSyncRequest.SyncResult(List.of(), false)));
      case PlanCommand.SearchKeys search ->
          add(Duration.ZERO, new RecoveryEvent.KeySearchEnded(KeySearchResult.NONE));
      case PlanCommand.SeedPingTimes times ->
          add(Duration.ZERO, new RecoveryEvent.PingTimesSeeded(0));
      case PlanCommand.EnterStage enter -> {}
      case PlanCommand.LeaveStage left -> {}
      case PlanCommand.Finish end -> finish = end;
    }
  }

  private void found(List<Neighbour> neighbours) {
    add(Duration.ZERO, new RecoveryEvent.NeighboursDiscovered(neighbours, List.of(), false, 0));
  }

  @ParameterizedTest
  @CsvSource({"8, 8", "50, 1", "200, 8"})
  void silent_newcomers_delay_a_recovery_by_less_than_a_minute(int names, int hosts) {
    delays.put("honest", Duration.ofMillis(10));
    later.add(strangers("a", names, hosts));
    later.add(strangers("b", names, hosts));
    later.add(strangers("c", names, hosts));

    assertThat(recover()).isLessThan(Duration.ofSeconds(50));

    assertThat(finish.recoveryOutcome()).isEqualTo(PlanCommand.RecoveryOutcome.PARTIAL);
    assertThat(finish.reasons()).anyMatch(reason -> reason.startsWith("a0 "));
  }

  @Test
  void a_slow_newcomer_among_silent_ones_is_waited_for() {
    delays.put("honest", Duration.ofMillis(10));
    delays.put("slow", Duration.ofSeconds(6));
    List<Neighbour> newcomers = new ArrayList<>(strangers("a", 3, 1));
    newcomers.add(stranger("slow", "10.0.2.1:9000"));
    later.add(newcomers);

    recover();

    assertThat(plan.peerScore("slow").hasResponded()).isTrue();
  }

  @Test
  void a_newcomer_gets_all_the_time_when_nobody_else_has_responded() {
    delays.put("slow", Duration.ofSeconds(40));
    later.add(List.of(stranger("slow", "10.0.2.1:9000")));

    recover();

    assertThat(plan.peerScore("slow").hasResponded()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0.6", "5", "100"})
  void neighbours_that_come_while_only_silent_ones_are_known_are_asked_at_once(double seconds) {
    Neighbour silent = stranger("silent", "10.0.1.1:9000");
    Duration wait = Duration.ofMillis((long) (1_000 * seconds));
    first = List.of(silent);
    delays.put("honest", Duration.ofMillis(10));
    later.add(List.of(silent, HONEST));
    add(wait, new RecoveryEvent.NeighbourAppeared());

    Duration took = recover();

    assertThat(plan.peerScore("honest").hasResponded()).isTrue();
    assertThat(took).isLessThan(wait.plusSeconds(70));
    assertThat(finish.recoveryOutcome()).isEqualTo(PlanCommand.RecoveryOutcome.PARTIAL);
    assertThat(finish.reasons()).singleElement().asString().startsWith("silent answered none");
  }

  @Test
  void silent_configured_newcomer_is_asked_in_one_rung_when_others_have_responded() {
    delays.put("honest", Duration.ofMillis(10));
    later.add(List.of(RecoveryScenario.neighbour("silent", "10.0.1.1:9000")));

    // Two seconds, doubled five times, are 126 s. A call of the product has a shorter timeout.
    assertThat(recover()).isLessThan(Duration.ofSeconds(130));

    assertThat(finish.reasons()).anyMatch(reason -> reason.startsWith("silent "));
  }

  @Test
  void neighbour_that_responds_after_its_rung_is_asked_again() {
    first = List.of(HONEST, stranger("slow", "10.0.2.1:9000"));
    delays.put("honest", Duration.ofMillis(10));
    delays.put("slow", Duration.ofSeconds(3));
    checkpointsTake = Duration.ofSeconds(4);

    recover();

    assertThat(plan.passes()).isEqualTo(2);
    assertThat(plan.peers()).extracting(Peer::name).containsExactlyInAnyOrder("honest", "slow");
    assertThat(finish.reasons()).isEmpty();
  }

  @Test
  void newcomers_of_one_host_leave_passes_to_those_of_another() {
    delays.put("honest", Duration.ofMillis(10));
    for (int i = 0; i < 8; i++) {
      delays.put("a" + i, Duration.ofMillis(10));
      later.add(List.of(stranger("a" + i, "10.0.1.1:" + (9000 + i))));
    }
    delays.put("other", Duration.ofMillis(10));
    later.set(4, List.of(stranger("a7", "10.0.1.1:9007"), stranger("other", "10.0.2.1:9000")));

    recover();

    assertThat(asked).contains("a0", "a3", "other").doesNotContain("a5", "a7");
  }
}
