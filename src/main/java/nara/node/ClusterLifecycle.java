package nara.node;

import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.cluster.ClusterConfig;
import nara.cluster.ClusterJoinException;
import nara.cluster.ClusterMember;
import nara.cluster.ClusterNotification;
import nara.cluster.ClusterRequest;
import nara.cluster.Role;
import nara.identity.Identity;
import nara.mesh.wire.PeerAddress;
import nara.node.config.NodeConfig;
import nara.recovery.ClusterWorkRequest.LeaderHandover;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a node in a cluster. On top of the parts of every member it deploys either those of
 * the leader or the standby verticle.
 */
final class ClusterLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLifecycle.class);

  private final ClusterMember member;

  private Deployments deployments;
  private Function<LeaderHandover, List<Part>> leaderParts;
  private int baseCount;
  private boolean leading;
  private volatile boolean stopping;
  private Future<?> lastChange = Future.succeededFuture();

  private ClusterLifecycle(ClusterMember member) {
    this.member = member;
  }

  /** Joins the cluster. A failure has a message for the operator. */
  static Future<ClusterLifecycle> join(NodeConfig config, Identity me, VertxOptions options) {
    ClusterConfig cluster = config.cluster();
    String message = "cannot join the cluster on %s (%s); check cluster.host and cluster.port";
    return ClusterMember.join(cluster, me.id(), options)
        .map(ClusterLifecycle::new)
        .recover(
            failure ->
                Future.failedFuture(
                    new NodeStartException(
                        failure instanceof ClusterJoinException
                            ? failure.getMessage()
                            : message.formatted(
                                new PeerAddress(cluster.host(), cluster.port()),
                                failure.getMessage()))));
  }

  ClusterMember member() {
    return member;
  }

  /** Whether the nara leaves the network: this member stops, and no other one can lead. */
  boolean isNaraLeaving() {
    return stopping && member.isLastCoordinator();
  }

  /** Starts to take part in the cluster, on standby. */
  Future<?> start(Deployments memberDeployments, Function<LeaderHandover, List<Part>> leader) {
    deployments = memberDeployments;
    leaderParts = leader;
    Bus bus = Bus.of(member.vertx());
    return deployments
        .deploy(
            List.of(
                Part.of("member-commands", true, member::commandVerticle),
                Part.of("lease", true, member::leaseVerticle)))
        .onSuccess(deployed -> baseCount = deployments.count())
        .compose(deployed -> deployStandby())
        .onSuccess(
            deployed ->
                bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNews))
        .compose(
            deployed ->
                member.has(Role.LEDGER)
                    ? bus.request(
                        ClusterRequest.LEDGER_ADDRESS,
                        new ClusterRequest.OpenSharedLedger(),
                        Timeouts.STEP)
                    : Future.succeededFuture());
  }

  private void onNews(ClusterNotification news) {
    switch (news) {
      case ClusterNotification.LeadershipGained gained -> enqueue(() -> takeOver(gained.term()));
      case ClusterNotification.LeadershipLost lost -> enqueue(this::standBy);
      case ClusterNotification.HigherTermSeen seen -> {}
      case ClusterNotification.MembersChanged changed -> {}
      case ClusterNotification.SplitBrainHealed healed -> {}
      case ClusterNotification.CaughtUp caughtUp -> {}
    }
  }

  private Future<?> takeOver(long term) {
    leading = true;
    return Bus.of(member.vertx())
        .request(
            ClusterRequest.TAKE_OVER_ADDRESS,
            new ClusterRequest.TakeOverLeadership(term),
            Timeouts.STEP)
        .compose(
            result ->
                deployments
                    .undeployDownTo(baseCount)
                    .compose(
                        none -> deployments.deploy(leaderParts.apply(result.leaderHandover()))))
        .onFailure(failure -> LOG.error("Failed to take over the lead; term={}", term, failure));
  }

  private Future<?> standBy() {
    if (!leading) {
      return Future.succeededFuture();
    }
    leading = false;
    return deployments.undeployDownTo(baseCount).compose(none -> deployStandby());
  }

  private Future<?> deployStandby() {
    return deployments.deploy(List.of(Part.of("standby", true, member::standbyVerticle)));
  }

  /** Runs one change after the other. */
  private synchronized void enqueue(Supplier<Future<?>> change) {
    lastChange = lastChange.transform(before -> stopping ? Future.succeededFuture() : change.get());
  }

  /** Refuses further changes. The Future ends with the last change, before the node stops. */
  synchronized Future<?> quiesce() {
    stopping = true;
    return lastChange.otherwiseEmpty();
  }
}
