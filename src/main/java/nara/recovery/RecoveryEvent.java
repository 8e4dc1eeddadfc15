package nara.recovery;

import java.util.List;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest;
import nara.mqtt.PlazaRequest;
import nara.trust.KeySearch;

/** An input of {@link RecoveryPlan}. A cluster stores them in its replay log. */
public sealed interface RecoveryEvent {
  /**
   * The recovery starts. A later leader draws the same random numbers from the seed.
   *
   * @param recovery the number of the recovery since the node's start, from 1
   */
  record Started(long seed, int recovery) implements RecoveryEvent {
    /** The first recovery. */
    public Started(long seed) {
      this(seed, 1);
    }
  }

  /**
   * Discovery ended, or has found some neighbours.
   *
   * @param warnings sentences about sources that failed
   * @param plazaAvailable whether this node has a plaza
   * @param ledgerSize events that this node holds
   * @param running whether some source has not replied yet
   */
  record NeighboursDiscovered(
      List<Neighbour> neighbours,
      List<String> warnings,
      boolean plazaAvailable,
      int ledgerSize,
      boolean running)
      implements RecoveryEvent {
    /** All sources have replied. */
    public NeighboursDiscovered(
        List<Neighbour> neighbours, List<String> warnings, boolean plazaAvailable, int ledgerSize) {
      this(neighbours, warnings, plazaAvailable, ledgerSize, false);
    }
  }

  /** A neighbour is online while the plan waits for one. */
  record NeighbourAppeared() implements RecoveryEvent {}

  /** The time of a {@link PlanCommand.WaitUntil} has come. */
  record TimerFired() implements RecoveryEvent {}

  /** A fetch succeeded or failed; {@code member} ran it, or is empty when the node runs alone. */
  record FetchEnded(int callId, MeshRequest.FetchOutcome outcome, String member)
      implements RecoveryEvent {}

  /** A reconciliation succeeded or failed. */
  record ReconcileEnded(int callId, MeshRequest.ReconcileOutcome outcome)
      implements RecoveryEvent {}

  record PlazaEnded(PlazaRequest.LedgersFetched result) implements RecoveryEvent {}

  record CheckpointsEnded(CheckpointSyncRequest.SyncResult result) implements RecoveryEvent {}

  record KeySearchEnded(KeySearch.KeySearchResult result) implements RecoveryEvent {}

  record PingTimesSeeded(int targets) implements RecoveryEvent {}

  /** Another member of the cluster became the leader. */
  record LeaderChanged(String member, long term) implements RecoveryEvent {}

  /** The node shuts down, while so many neighbours are online. */
  record StopRequested(int online) implements RecoveryEvent {}

  /** A part of this node failed in the current stage. */
  record StageFailed(String reason) implements RecoveryEvent {}
}
