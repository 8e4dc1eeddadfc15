package nara.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.cluster.ClusterJoinException;
import nara.cluster.ClusterMember;
import nara.cluster.ClusterNotification;
import nara.cluster.ClusterRequest;
import nara.cluster.Role;
import nara.identity.Identity;
import nara.node.config.NodeConfig;
import nara.recovery.ClusterWorkRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's life in a cluster: what it deploys when it leads, and what when it stands by. The last
 * verticles deployed are always those of one of the two, so the change is at the top of the stack.
 */
final class ClusterLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLifecycle.class);

  private final ClusterMember member;

  private NaraNode node;
  private Function<Optional<ClusterWorkRequest.LeaderHandover>, Future<?>> deployLeader;
  private int baseDepth;
  private boolean leading;
  private volatile boolean stopping;
  private Future<?> lastChange = Future.succeededFuture();

  private ClusterLifecycle(ClusterMember member) {
    this.member = member;
  }

  /** Joins; fails with a sentence for the operator. */
  static Future<ClusterLifecycle> join(NodeConfig config, Identity me, VertxOptions options) {
    return ClusterMember.join(config.cluster(), me.id(), options)
        .map(ClusterLifecycle::new)
        .recover(
            failure ->
                Future.failedFuture(
                    new NodeStartException(
                        failure instanceof ClusterJoinException cannot
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
  boolean isNaraLeaving() {
    return stopping && member.isLastCoordinator();
  }

  ClusterMember member() {
    return member;
  }

  /**
   * Takes part from now on: at first by standing by.
   *
   * @param leaderDeployment deploys what only a leader has
   */
  Future<?> start(
      NaraNode naraNode,
      Function<Optional<ClusterWorkRequest.LeaderHandover>, Future<?>> leaderDeployment) {
    node = naraNode;
    deployLeader = leaderDeployment;
    Bus bus = node.bus();
    return node.deploy(member.commandVerticle())
        .compose(next -> node.deploy(member.leaseVerticle()))
        .onSuccess(next -> baseDepth = node.deployedCount())
        .compose(next -> node.deploy(member.standbyVerticle()))
        .onSuccess(
            next ->
                bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNews))
        .compose(
            next ->
                member.has(Role.LEDGER)
                    ? bus.request(
                        ClusterRequest.LEDGER_ADDRESS,
                        new ClusterRequest.OpenSharedLedger(),
                        Timeouts.STEP)
                    : Future.succeededFuture());
  }

  private void onNews(ClusterNotification news) {
    switch (news) {
      case ClusterNotification.LeadershipGained leadershipGained ->
          enqueue(() -> takeOver(leadershipGained.term()));
      case ClusterNotification.LeadershipLost stands -> enqueue(this::standBy);
      case ClusterNotification.HigherTermSeen by -> {}
      case ClusterNotification.MembersChanged changed -> {}
      case ClusterNotification.SplitBrainHealed splitBrainHealed -> {}
      case ClusterNotification.CaughtUp mine -> {}
    }
  }

  private Future<?> takeOver(long term) {
    leading = true;
    return node.bus()
        .request(
            ClusterRequest.TAKE_OVER_ADDRESS,
            new ClusterRequest.TakeOverLeadership(term),
            Timeouts.STEP)
        .compose(
            takeOverResult ->
                node.undeployDownTo(baseDepth)
                    .compose(
                        none -> deployLeader.apply(Optional.of(takeOverResult.leaderHandover()))))
        .onFailure(failure -> LOG.error("the lead of term {} could not begin", term, failure));
  }

  private Future<?> standBy() {
    if (!leading) {
      return Future.succeededFuture();
    }
    leading = false;
    return node.undeployDownTo(baseDepth).compose(none -> node.deploy(member.standbyVerticle()));
  }

  /** One change after the other. */
  private synchronized void enqueue(Supplier<Future<?>> change) {
    lastChange = lastChange.transform(before -> stopping ? Future.succeededFuture() : change.get());
  }

  /** When no change is under way, and none will be: before the node stops. */
  synchronized Future<?> quiesce() {
    stopping = true;
    return lastChange.otherwiseEmpty();
  }
}
