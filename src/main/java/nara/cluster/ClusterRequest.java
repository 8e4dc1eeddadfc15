package nara.cluster;

import java.util.List;
import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.recovery.ClusterWorkRequest;

/**
 * Requests to this member of the cluster, within its JVM.
 *
 * @param <R> the type of the reply
 */
public sealed interface ClusterRequest<R extends BusMessage> extends Request<R> {
  /** Serves {@link GetClusterStatus}. */
  String ADDRESS = "nara.cluster";

  /** Serves {@link OpenSharedLedger}. */
  String LEDGER_ADDRESS = "nara.cluster.ledger";

  /** Serves {@link TakeOverLeadership}. */
  String TAKE_OVER_ADDRESS = "nara.cluster.lead";

  /** The cluster as this member sees it. */
  record GetClusterStatus() implements ClusterRequest<ClusterStatus> {}

  /** Copies the view to the shared map, and from now on all merges. */
  record OpenSharedLedger() implements ClusterRequest<Done> {}

  /** Reads the progress that a new leader takes over. */
  record TakeOverLeadership(long term) implements ClusterRequest<TakeOverResult> {}

  /** The reply to {@link TakeOverLeadership}. */
  record TakeOverResult(ClusterWorkRequest.LeaderHandover leaderHandover) implements BusMessage {}

  /**
   * The reply to {@link GetClusterStatus}.
   *
   * @param member this member's name
   * @param leader the leader's name; empty without a leader
   * @param term the highest term that this member has seen
   * @param leads whether this member leads
   * @param members the names of all present members
   * @param quorum the number of members that must be present
   * @param caughtUp whether this member's view is complete
   * @param acceptedByTerm commands that this member accepted, by term
   * @param refusedCount commands and writes that this member refused because of their term
   */
  record ClusterStatus(
      String member,
      String leader,
      long term,
      boolean leads,
      List<String> members,
      int quorum,
      boolean caughtUp,
      Map<Long, Long> acceptedByTerm,
      long refusedCount)
      implements BusMessage {
    public boolean hasQuorum() {
      return members.size() >= quorum;
    }
  }
}
