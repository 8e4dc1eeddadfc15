package nara.recovery;

import static nara.recovery.RecoveryScenario.neighbour;
import static nara.recovery.RecoveryScenario.neighbours;
import static nara.recovery.RecoveryScenario.reconciled;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PlanCommand.Finish;
import nara.recovery.PlanCommand.LeaveStage;
import nara.recovery.PlanCommand.RecoveryOutcome;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.RecoveryEvent.ReconcileEnded;
import nara.testing.RecordCopy;
import org.junit.jupiter.api.Test;

/** What a recovery makes of neighbours that can be compared with, and of those that cannot. */
class ReconcileRungTest {
  private static final RecoveryConfig CONFIG =
      RecoveryConfig.defaults(MemoryMode.MEDIUM).withoutFirstWait();

  @Test
  void reconcile_is_the_first_rung() {
    assertThat(CONFIG.ladder()).first().isEqualTo(Rung.RECONCILE);
  }

  @Test
  void no_peer_is_walked_when_all_reconciled() {
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a", "b"))
            .holding(79_000, peer -> reconciled(peer.equals("a") ? 1_000 : 0, ""))
            .run();

    assertThat(scenario.stages)
        .containsExactly(
            "discovery complete",
            "reconcile complete",
            "checkpoints complete",
            "keys complete",
            "pings complete");
    assertThat(scenario.fetches).isEmpty();
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
    assertThat(left(scenario, 1).reason())
        .isEqualTo(
            "2 of 2 neighbours compared completely in 4 exchanges;"
                + " 1000 events were missing, 64600 bytes of overhead");
  }

  @Test
  void one_neighbour_and_one_event_are_counted_in_the_singular() {
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a"))
            .holding(79_000, peer -> reconciled(1, ""))
            .run();

    assertThat(left(scenario, 1).reason())
        .startsWith("1 of 1 neighbour compared completely")
        .contains("; 1 event was missing");
  }

  @Test
  void only_peers_that_cannot_reconcile_are_walked() {
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a", "old", "half"))
            .holding(
                79_000,
                peer ->
                    switch (peer) {
                      case "a" -> reconciled(5, "");
                      case "half" -> reconciled(5, "of the 5 events that it listed it gave 0");
                      default -> new ReconcileFailed(MeshFailure.UNSUPPORTED, "answers 404");
                    })
            .run();

    assertThat(scenario.stages)
        .startsWith("discovery complete", "reconcile partial", "pages complete");
    assertThat(scenario.requestsByPeer).containsOnlyKeys("old", "half");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
    assertThat(left(scenario, 1).reason()).contains("1 of 3 neighbours", "; ");
  }

  @Test
  void peer_that_was_silent_on_the_plaza_counts_as_read_when_another_is_walked_later() {
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(
                List.of(neighbour("a", ""), neighbour("compared", ""), neighbour("old", "")))
            .withPlazaAnswering("a")
            .findingLater(neighbours("compared", "old"))
            .holding(
                79_000,
                peer ->
                    peer.equals("old")
                        ? new ReconcileFailed(MeshFailure.UNSUPPORTED, "answers 404")
                        : reconciled(1, ""))
            .run();

    assertThat(scenario.stages)
        .containsSubsequence("plaza partial", "reconcile partial", "pages complete");
    assertThat(scenario.finish).isEqualTo(new Finish(RecoveryOutcome.COMPLETE, List.of()));
  }

  @Test
  void everybody_is_walked_when_nobody_can_be_compared_with() {
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a", "b"))
            .holding(79_000, peer -> new ReconcileFailed(MeshFailure.UNSUPPORTED, "answers 404"))
            .run();

    assertThat(scenario.stages)
        .startsWith("discovery complete", "reconcile failed", "pages complete");
    assertThat(scenario.requestsByPeer).containsOnlyKeys("a", "b");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
  }

  @Test
  void reconcile_is_skipped_when_few_events_are_held() {
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a"))
            .holding(RecoveryLimits.MIN_EVENTS_TO_RECONCILE - 1, peer -> reconciled(0, ""))
            .run();

    assertThat(scenario.stages)
        .startsWith("discovery complete", "reconcile skipped", "pages complete");
    assertThat(left(scenario, 1).reason()).isEqualTo("too few events to compare: 999");
  }

  @Test
  void without_a_further_rung_who_could_not_be_compared_with_is_missed() {
    RecoveryScenario scenario =
        new RecoveryScenario(RecordCopy.with(CONFIG, "ladder", List.of(Rung.RECONCILE)))
            .discovering(neighbours("a", "old"))
            .holding(
                79_000,
                peer ->
                    peer.equals("a")
                        ? reconciled(5, "")
                        : new ReconcileFailed(MeshFailure.UNSUPPORTED, "answers 404"))
            .run();

    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons())
        .containsExactly("old answered none of 1 calls: answers 404");
  }

  @Test
  void silent_peers_are_left_to_the_next_rung_once_others_have_responded() {
    PeerScores scores = new PeerScores();
    List<Peer> peers = List.of(new Peer("a", "a:1"), new Peer("b", "b:1"), new Peer("c", "c:1"));
    ReconcileRung rung =
        new ReconcileRung(peers, scores, CONFIG, new AtomicInteger()::getAndIncrement);
    assertThat(rung.startCalls(Instant.EPOCH))
        .hasSize(4)
        .last()
        .isEqualTo(new PlanCommand.WaitUntil(Instant.ofEpochSecond(4)));

    rung.onTimerFired();
    assertThat(rung.startCalls(Instant.ofEpochSecond(4)))
        .containsExactly(new PlanCommand.WaitUntil(Instant.ofEpochSecond(8)));
    rung.onCallEnded(1, reconciled(0, ""));
    assertThat(rung.finished()).isFalse();

    rung.onTimerFired();
    assertThat(rung.startCalls(Instant.ofEpochSecond(8))).isEmpty();
    assertThat(rung.finished()).isTrue();
    assertThat(rung.peersForNextRung()).containsExactly(peers.get(0), peers.get(2));
    assertThat(rung.onCallEnded(2, reconciled(0, ""))).as("too late").isFalse();
  }

  @Test
  void unexpected_reconcile_end_is_ignored() {
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a"))
            .holding(79_000, peer -> reconciled(0, ""))
            .run();

    assertThat(scenario.apply(new ReconcileEnded(0, reconciled(0, "")))).isEmpty();
    RecoveryPlan plan = new RecoveryPlan(CONFIG, "me", new SplittableRandom(1));
    plan.onEvent(new RecoveryEvent.Started(1), RecoveryScenario.START);
    plan.onEvent(
        new RecoveryEvent.NeighboursDiscovered(neighbours("a", "b"), List.of(), false, 5_000),
        RecoveryScenario.START);
    assertThat(plan.onEvent(new ReconcileEnded(7, reconciled(0, "")), RecoveryScenario.START))
        .isEmpty();
    assertThat(plan.onEvent(new ReconcileEnded(0, reconciled(0, "")), RecoveryScenario.START))
        .isEmpty();
    assertThat(plan.onEvent(new ReconcileEnded(0, reconciled(0, "")), RecoveryScenario.START))
        .isEmpty();
    assertThat(
            plan.onEvent(
                new RecoveryEvent.FetchEnded(
                    1, new MeshRequest.FetchFailed(MeshFailure.STALLED, "late"), ""),
                RecoveryScenario.START))
        .isEmpty();
  }

  private static LeaveStage left(RecoveryScenario scenario, int stage) {
    return scenario.executedCommands.stream()
        .filter(LeaveStage.class::isInstance)
        .map(LeaveStage.class::cast)
        .toList()
        .get(stage);
  }
}
