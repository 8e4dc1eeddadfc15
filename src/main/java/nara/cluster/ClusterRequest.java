package nara.cluster;

import java.util.List;
import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.recovery.ClusterWorkRequest;

/**
 * What the member of a cluster is asked, within its JVM.
 *
 * @param <R> the type of the answer
 */
public sealed interface ClusterRequest<R extends BusMessage> extends Request<R> {
  /** Where the member is asked how it stands. */
  String ADDRESS = "nara.cluster";

  /** Where the shared ledger is opened. */
  String LEDGER_ADDRESS = "nara.cluster.ledger";

  /** Where a new leader asks what it finds. */
  String TAKE_OVER_ADDRESS = "nara.cluster.lead";

  /** How the cluster looks from here. */
  record GetClusterStatus() implements ClusterRequest<ClusterStatus> {}

  /** From now on merges go to the shared map; what the view holds already goes there too. */
  record OpenSharedLedger() implements ClusterRequest<Done> {}

  /** What a new leader finds. */
  record TakeOverLeadership(long term) implements ClusterRequest<TakeOverResult> {}

  /** The answer to {@link TakeOverLeadership}. */
  record TakeOverResult(ClusterWorkRequest.LeaderHandover leaderHandover) implements BusMessage {}

  /**
   * The answer to {@link GetClusterStatus}.
   *
   * @param member what this one is called
   * @param leader what the leader is called; empty when nobody leads
   * @param term the highest that was seen here
   * @param leads whether this member leads
   * @param members all that are there
   * @param quorum how many have to be there
   * @param caughtUp whether this member's view is complete
   * @param acceptedByTerm commands that this member has accepted, by term
   * @param refusedCount commands and writes that it has refused for their term
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
    /** Whether enough members are there. */
    public boolean hasQuorum() {
      return members.size() >= quorum;
    }
  }
}
