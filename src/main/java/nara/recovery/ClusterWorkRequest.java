package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.recovery.report.Report;
import nara.trust.KeySearch;
import nara.trust.KeySearch.KeySearchResult;

/**
 * Requests of the leader's coordinator to its cluster: to run work on members, and to store the
 * progress, so that a later leader can continue.
 *
 * @param <R> the type of the reply
 */
public sealed interface ClusterWorkRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.cluster.work";

  /** Has one member fetch, verify and merge one response of a peer. */
  record FetchOnMember(MeshRequest.Peer peer, Query query, Duration timeout, Duration stallTimeout)
      implements ClusterWorkRequest<FetchedByMember> {}

  /** The reply to {@link FetchOnMember}. */
  record FetchedByMember(String member, MeshRequest.FetchOutcome outcome) implements BusMessage {}

  /** Has every member run a {@link KeySearch}. The reply is the sum of their results. */
  record SearchKeysOnMembers(List<MeshRequest.Peer> peers)
      implements ClusterWorkRequest<KeySearchResult> {}

  /** Stores an entry of the replay log. Index 0 starts a new log. */
  record AppendEntry(int index, ReplayLogEntry entry) implements ClusterWorkRequest<Done> {}

  /** Stores the report of a finished recovery in place of its replay log. */
  record StoreReport(Report report) implements ClusterWorkRequest<Done> {}

  /**
   * An event of the recovery.
   *
   * @param startedFetches the fetches that the plan started because of it. A replay that starts
   *     other ones cannot continue the recovery.
   */
  record ReplayLogEntry(
      Instant at, RecoveryEvent recoveryEvent, List<PlanCommand.StartFetch> startedFetches) {}

  /**
   * The progress that a new leader takes over.
   *
   * @param member the new leader
   * @param log in order; empty when no recovery has started
   * @param report of a finished recovery
   */
  record LeaderHandover(
      String member, long term, List<ReplayLogEntry> log, Optional<Report> report) {
    /** For a node that runs alone. */
    static final LeaderHandover NONE = new LeaderHandover("", 0, List.of(), Optional.empty());
  }
}
