package nara.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.cluster.CannotJoin;
import nara.cluster.ClusterMember;
import nara.cluster.ClusterNews;
import nara.cluster.ClusterRequest;
import nara.cluster.Role;
import nara.identity.Identity;
import nara.recovery.SharedWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's life in a cluster: what it deploys when it leads, and what when it stands by. The last
 * verticles deployed are always those of one of the two, so the change is at the top of the stack.
 */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /** The progress of a recovery of 320,000 events is some 15 MB to read. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ClusterMember member;

  private NaraNode node;
  private Function<Optional<SharedWork.Lead>, Future<?>> lead;
  private int below;
  private boolean leading;
  private volatile boolean stopping;
  private Future<?> turn = Future.succeededFuture();

  private Membership(ClusterMember member) {
    this.member = member;
  }

  /** Joins; fails with a sentence for the operator. */
  static Future<Membership> join(NodeConfig config, Identity me, VertxOptions options) {
    return ClusterMember.join(config.cluster(), me.id(), options)
        .map(Membership::new)
        .recover(
            failure ->
                Future.failedFuture(
                    new StartFailure(
                        failure instanceof CannotJoin cannot
                            ? cannot.getMessage()
                            : "cannot be a member of a cluster on %s:%d (%s); see cluster.host and cluster.port"
                                .formatted(
                                    config.cluster().host(),
                                    config.cluster().port(),
                                    failure.getMessage()))));
  }

  Vertx vertx() {
    return member.vertx();
  }

  /** Whether the nara leaves with this member: it stops, and no other is there to go on. */
  boolean leaves() {
    return stopping && member.last();
  }

  ClusterMember member() {
    return member;
  }

  /**
   * Takes part from now on: at first by standing by.
   *
   * @param whenLeading deploys what only a leader has
   */
  Future<?> enter(NaraNode whose, Function<Optional<SharedWork.Lead>, Future<?>> whenLeading) {
    node = whose;
    lead = whenLeading;
    Bus bus = node.bus();
    return node.deploy(member.work())
        .compose(next -> node.deploy(member.lease()))
        .onSuccess(next -> below = node.depth())
        .compose(next -> node.deploy(member.standby()))
        .onSuccess(next -> bus.hear(ClusterNews.ADDRESS, ClusterNews.class, this::onNews))
        .compose(
            next ->
                member.has(Role.LEDGER)
                    ? bus.ask(ClusterRequest.LEDGER, new ClusterRequest.Open(), PATIENCE)
                    : Future.succeededFuture());
  }

  private void onNews(ClusterNews news) {
    switch (news) {
      case ClusterNews.Leads leads -> inTurn(() -> takeOver(leads.term()));
      case ClusterNews.StandsBy stands -> inTurn(this::standBy);
      case ClusterNews.Outranked by -> {}
      case ClusterNews.MembersChanged changed -> {}
      case ClusterNews.Returned returned -> {}
      case ClusterNews.CaughtUp mine -> {}
    }
  }

  private Future<?> takeOver(long term) {
    leading = true;
    return node.bus()
        .ask(ClusterRequest.LEAD, new ClusterRequest.TakeOver(term), PATIENCE)
        .compose(
            found ->
                node.undeployDownTo(below).compose(none -> lead.apply(Optional.of(found.lead()))))
        .onFailure(failure -> LOG.error("the lead of term {} could not begin", term, failure));
  }

  private Future<?> standBy() {
    if (!leading) {
      return Future.succeededFuture();
    }
    leading = false;
    return node.undeployDownTo(below).compose(none -> node.deploy(member.standby()));
  }

  /** One change after the other. */
  private synchronized void inTurn(Supplier<Future<?>> change) {
    turn = turn.transform(before -> stopping ? Future.succeededFuture() : change.get());
  }

  /** When no change is under way, and none will be: before the node stops. */
  synchronized Future<?> settled() {
    stopping = true;
    return turn.otherwiseEmpty();
  }
}
