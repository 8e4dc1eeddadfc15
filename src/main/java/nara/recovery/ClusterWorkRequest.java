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
import nara.trust.TrustRequest;

/**
 * What a coordinator asks of the cluster that it leads: to carry out what any member can do, and to
 * keep what happened, so that another can go on from there. A node that runs alone asks nobody.
 *
 * @param <R> the type of the answer
 */
public sealed interface ClusterWorkRequest<R extends BusMessage> extends Request<R> {
  /** Where the cluster is asked. */
  String ADDRESS = "nara.cluster.work";

  /** Lets some member fetch, judge and merge one answer of a peer. */
  record FetchOnMember(MeshRequest.Peer peer, Query query, Duration timeout, Duration stallTimeout)
      implements ClusterWorkRequest<FetchedByMember> {}

  /** The answer to {@link FetchOnMember}: which member did it, and how it went. */
  record FetchedByMember(String member, MeshRequest.FetchOutcome outcome) implements BusMessage {}

  /** Lets every member look for the keys that events wait for there. */
  record SearchKeysOnMembers(List<MeshRequest.Peer> peers)
      implements ClusterWorkRequest<KeySearchTotals> {}

  /** The answer to {@link SearchKeysOnMembers}, over all members. */
  record KeySearchTotals(int namesQueried, int keysLearned, TrustRequest.OfferResult offerResult)
      implements BusMessage {}

  /** Keeps that something happened. */
  record AppendEntry(int index, ReplayLogEntry entry) implements ClusterWorkRequest<Done> {}

  /** Keeps the report of a recovery that is over, instead of all that was noted. */
  record StoreReport(Report report) implements ClusterWorkRequest<Done> {}

  /**
   * Something that happened.
   *
   * @param at when
   * @param startedFetches the calls that the plan began because of it: whoever goes on checks that
   *     it comes to the same
   */
  record ReplayLogEntry(
      Instant at, RecoveryEvent recoveryEvent, List<PlanCommand.StartFetch> startedFetches) {}

  /**
   * What a new leader finds.
   *
   * @param member what it is called itself
   * @param term of its lead
   * @param log what happened before, in order; empty when nothing has begun
   * @param report of the recovery, when it is over
   */
  record LeaderHandover(
      String member, long term, List<ReplayLogEntry> log, Optional<Report> report) {}
}
