package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;

/** What the plan wants done. */
public sealed interface PlanCommand {
  /** Come back at that time, unless something else ends the wait. */
  record WaitUntil(Instant time) implements PlanCommand {}

  /** Look for neighbours in all sources. */
  record StartDiscovery() implements PlanCommand {}

  /**
   * Ask a peer over the mesh.
   *
   * @param callId its number, by which its end is told
   * @param stallTimeout how long the peer may bring nothing
   */
  record StartFetch(
      int callId, MeshRequest.Peer peer, Query query, Duration timeout, Duration stallTimeout)
      implements PlanCommand {}

  /**
   * Compare the ledger with a peer's and fetch what is lacking.
   *
   * @param callId its number, by which its end is told
   * @param timeout for each exchange
   */
  record StartReconcile(int callId, MeshRequest.Peer peer, Duration timeout)
      implements PlanCommand {}

  /** Ask neighbours over the plaza about these subjects. */
  record FetchFromPlaza(Map<String, List<String>> subjectsByNeighbour) implements PlanCommand {}

  /** Fetch checkpoints from these peers. */
  record SyncCheckpoints(List<MeshRequest.Peer> peers) implements PlanCommand {}

  /** Ask these peers for the keys that events wait for, then judge those events. */
  record SearchKeys(List<MeshRequest.Peer> peers) implements PlanCommand {}

  /** Seed average ping times from the ledger. */
  record SeedPingTimes() implements PlanCommand {}

  /** A stage begins; the one before it ends. */
  record EnterStage(String stage) implements PlanCommand {}

  /** The stage that was entered last ends. */
  record LeaveStage(String outcome, String reason) implements PlanCommand {}

  /** It is over. */
  record Finish(RecoveryOutcome recoveryOutcome, List<String> reasons) implements PlanCommand {}

  /** How a recovery ends. */
  enum RecoveryOutcome {
    /** Everybody who was asked answered. */
    COMPLETE("complete"),
    /** Something that was there could not be had; the reasons say what. */
    PARTIAL("partial"),
    /** Nobody answered. */
    ISOLATED("isolated");

    private final String label;

    RecoveryOutcome(String label) {
      this.label = label;
    }

    /** The name in reports. */
    public String label() {
      return label;
    }
  }
}
