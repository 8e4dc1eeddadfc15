package nara.cluster;

import java.util.List;
import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.recovery.SharedWork;

/**
 * What the member of a cluster is asked, within its JVM.
 *
 * @param <R> the type of the answer
 */
public sealed interface ClusterRequest<R extends BusMessage> extends Request<R> {
  /** Where the member is asked how it stands. */
  String ADDRESS = "nara.cluster";

  /** Where the shared ledger is opened. */
  String LEDGER = "nara.cluster.ledger";

  /** Where a new leader asks what it finds. */
  String LEAD = "nara.cluster.lead";

  /** How the cluster looks from here. */
  record State() implements ClusterRequest<ClusterState> {}

  /** From now on merges go to the shared map; what the view holds already goes there too. */
  record Open() implements ClusterRequest<Done> {}

  /** What a new leader finds. */
  record TakeOver(long term) implements ClusterRequest<Found> {}

  /** The answer to {@link TakeOver}. */
  record Found(SharedWork.Lead lead) implements BusMessage {}

  /**
   * The answer to {@link State}.
   *
   * @param member what this one is called
   * @param leader what the leader is called; empty when nobody leads
   * @param term the highest that was seen here
   * @param leads whether this member leads
   * @param members all that are there
   * @param quorum how many have to be there
   * @param caughtUp whether this member's view is complete
   * @param accepted commands that this member has accepted, by term
   * @param refused commands and writes that it has refused for their term
   */
  record ClusterState(
      String member,
      String leader,
      long term,
      boolean leads,
      List<String> members,
      int quorum,
      boolean caughtUp,
      Map<Long, Long> accepted,
      long refused)
      implements BusMessage {
    /** Whether enough members are there. */
    public boolean quorate() {
      return members.size() >= quorum;
    }
  }
}
