package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.Peer;

/** An output of {@link RecoveryPlan}, which {@link CoordinatorVerticle} executes. */
public sealed interface PlanCommand {
  /** A command that {@link PlanExecutor} sends to another verticle; it ends with one event. */
  sealed interface Request extends PlanCommand {}

  /** A request to one peer; several are in flight at once. Its end states the same call id. */
  sealed interface PeerCall extends Request {
    int callId();

    Peer peer();
  }

  /** A command that waits for one event. The plan issues the next one only after that event. */
  sealed interface Step extends PlanCommand {}

  /** Fetches one response from a peer, which may send nothing for {@code stallTimeout}. */
  record StartFetch(int callId, Peer peer, Query query, Duration timeout, Duration stallTimeout)
      implements PeerCall {}

  /** Compares with a peer and fetches the missing events; {@code timeout} is of each exchange. */
  record StartReconcile(int callId, Peer peer, Duration timeout) implements PeerCall {}

  record WaitUntil(Instant time) implements Step {}

  /** Finds the first neighbours. */
  record StartDiscovery() implements Step, Request {}

  /**
   * Finds neighbours that came late.
   *
   * @param asked names of those that were asked
   * @param atLeast how long neighbours may announce themselves, when the plaza is connected
   * @param atMost how long to wait for sources that have not replied yet
   */
  record FindFurther(Set<String> asked, Duration atLeast, Duration atMost)
      implements Step, Request {}

  /** Requests events about subjects from neighbours over the plaza. */
  record FetchFromPlaza(Map<String, List<String>> subjectsByNeighbour) implements Step, Request {}

  record SyncCheckpoints(List<Peer> peers) implements Step, Request {}

  /** Runs a {@link KeySearch}. */
  record SearchKeys(List<Peer> peers) implements Step, Request {}

  /** Seeds average ping times from the ledger. */
  record SeedPingTimes() implements Step, Request {}

  record Finish(RecoveryOutcome recoveryOutcome, List<String> reasons) implements Step {}

  record EnterStage(String stage) implements PlanCommand {}

  record LeaveStage(String stage, String outcome, String reason) implements PlanCommand {}

  /** How a recovery ends. */
  enum RecoveryOutcome {
    /** Every peer gave all that it was asked for. */
    COMPLETE,
    /** Some requested events did not come; the reasons say which. */
    PARTIAL,
    /** No peer responded. */
    ISOLATED;

    /** The name in reports. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
