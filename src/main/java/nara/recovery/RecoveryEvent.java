package nara.recovery;

import java.util.List;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest;
import nara.mqtt.PlazaRequest;
import nara.trust.TrustRequest;

/** What the plan is told. */
public sealed interface RecoveryEvent {
  /**
   * The node is up.
   *
   * @param seed of the plan's chance, for whoever follows it
   */
  record Started(long seed) implements RecoveryEvent {
    public Started() {
      this(0);
    }
  }

  /**
   * Discovery answered.
   *
   * @param warnings what a source could not do, in sentences
   * @param plazaAvailable whether there is a plaza to ask over
   * @param ledgerSize how many events this node has already
   */
  record NeighboursDiscovered(
      List<Neighbour> neighbours, List<String> warnings, boolean plazaAvailable, int ledgerSize)
      implements RecoveryEvent {
    /** What a node found that holds nothing. */
    public NeighboursDiscovered(List<Neighbour> neighbours, List<String> troubles, boolean plaza) {
      this(neighbours, troubles, plaza, 0);
    }
  }

  /** A wait is over. */
  record TimerFired() implements RecoveryEvent {}

  /**
   * A call ended, well or badly.
   *
   * @param member of a cluster that carried it out; empty when the node runs alone
   */
  record FetchEnded(int callId, MeshRequest.FetchOutcome outcome, String member)
      implements RecoveryEvent {
    public FetchEnded(int call, MeshRequest.FetchOutcome outcome) {
      this(call, outcome, "");
    }
  }

  /** A reconciliation ended, well or badly. */
  record ReconcileEnded(int callId, MeshRequest.ReconcileOutcome outcome)
      implements RecoveryEvent {}

  /** The plaza rung ended. */
  record PlazaEnded(PlazaRequest.LedgersFetched result) implements RecoveryEvent {}

  /** The checkpoint stage ended. */
  record CheckpointsEnded(CheckpointSyncRequest.SyncResult result) implements RecoveryEvent {}

  /** Keys were looked for and the quarantine was judged again, which brought the offer. */
  record KeySearchEnded(int namesQueried, int keysLearned, TrustRequest.OfferResult offerResult)
      implements RecoveryEvent {
    public KeySearchEnded(int asked, int learned) {
      this(asked, learned, TrustRequest.OfferResult.NONE);
    }
  }

  /** Average ping times were seeded. */
  record PingTimesSeeded(int targets) implements RecoveryEvent {}

  /** Another member of the cluster leads from here on. */
  record LeaderChanged(String member, long term) implements RecoveryEvent {}

  /** The node is shutting down. */
  record StopRequested() implements RecoveryEvent {}

  /** A part of this node failed the stage that is under way; the message says which and how. */
  record StageFailed(String reason) implements RecoveryEvent {}
}
