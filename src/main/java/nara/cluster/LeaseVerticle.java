package nara.cluster;

import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Optional;
import nara.bus.Bus;
import nara.cluster.ClusterNotification.CaughtUp;
import nara.cluster.ClusterNotification.HigherTermSeen;
import nara.cluster.ClusterNotification.LeadershipGained;
import nara.cluster.ClusterNotification.LeadershipLost;
import nara.cluster.ClusterRequest.ClusterStatus;
import nara.cluster.LeaderElection.ElectionAction;
import nara.cluster.map.Lease;
import nara.cluster.map.TermTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the lease or waits for it: executes the actions of {@link LeaderElection}, and publishes
 * {@link LeadershipGained} and {@link LeadershipLost}. It releases the lease when it stops, so
 * undeploy the leader's parts first.
 */
final class LeaseVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseVerticle.class);

  /** As long as the timeout of a backup. */
  private static final Duration QUORUM_CHECK_TIMEOUT = Duration.ofMillis(1_500);

  private static final int CHECKS_PER_LEASE = 16;

  private final ClusterMember member;
  private final LeaderElection election;
  private final TermTracker tracker;

  private Bus bus;
  private WorkerExecutor worker;
  private IMap<String, String> leases;
  private boolean inFlight;
  private boolean caughtUp;
  private boolean stopping;
  private String leaderName = "";

  LeaseVerticle(ClusterMember member) {
    this.member = member;
    this.tracker = member.terms();
    this.election =
        new LeaderElection(
            member.nodeId(), member.config().memberName(), member.config().leaseDuration());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-lease", 1);
    leases = member.hazelcast().getMap(Lease.LEASE_MAP);
    caughtUp = !member.config().has(Role.LEDGER);
    bus.serve(ClusterRequest.ADDRESS, ClusterRequest.GetClusterStatus.class, this::onStatus);
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNotification);
    vertx.setPeriodic(
        Math.max(20, member.config().leaseDuration().toMillis() / CHECKS_PER_LEASE),
        id -> checkLease());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    return election
        .resign()
        .map(lease -> worker.executeBlocking(() -> replace(lease, lease.released())))
        .orElse(Future.succeededFuture())
        .otherwiseEmpty()
        .eventually(worker::close);
  }

  private Future<ClusterStatus> onStatus(ClusterRequest.GetClusterStatus request) {
    return Future.succeededFuture(
        new ClusterStatus(
            member.config().memberName(),
            leaderName,
            tracker.highest(),
            election.leading(),
            member.members().stream().map(ClusterMember.MemberInfo::name).sorted().toList(),
            member.config().quorum(),
            caughtUp,
            tracker.accepted(),
            tracker.refused()));
  }

  private void onNotification(ClusterNotification notification) {
    if (notification instanceof CaughtUp caught) {
      caughtUp = caught.complete();
      checkLease();
    } else if (notification instanceof HigherTermSeen seen) {
      tracker.observe(seen.term());
      checkLease();
    }
  }

  private void checkLease() {
    if (stopping) {
      return;
    }
    if (election.leading()) {
      act();
    } else if (!inFlight) {
      inFlight = true;
      worker
          .executeBlocking(this::readLease)
          .onComplete(
              read -> {
                inFlight = false;
                leaderName = "";
                if (read.succeeded()) {
                  Optional<Lease> lease = read.result();
                  election.observe(lease, System.nanoTime());
                  tracker.observe(lease);
                  leaderName = lease.filter(Lease::isConfirmed).map(Lease::holderName).orElse("");
                  act();
                }
              });
    }
  }

  private Optional<Lease> readLease() {
    return Lease.parse(String.valueOf(leases.get(Lease.LEASE_KEY)));
  }

  private boolean replace(Lease expected, Lease replacement) {
    return leases.replace(Lease.LEASE_KEY, expected.encoded(), replacement.encoded());
  }

  private void act() {
    boolean eligible = member.config().has(Role.COORDINATOR) && caughtUp && member.hasQuorum();
    execute(election.nextAction(eligible, tracker.highest(), System.nanoTime()));
  }

  private void execute(ElectionAction action) {
    switch (action) {
      case ElectionAction.Wait wait -> {}
      case ElectionAction.ReplaceLease lease -> {
        if (!inFlight && !stopping) {
          replaceLease(lease);
        }
      }
      case ElectionAction.StepDown down -> {
        LOG.warn(
            "Stepped down as leader: {}; member={}", down.reason(), member.config().memberName());
        leaderName = "";
        bus.publish(ClusterNotification.ADDRESS, new LeadershipLost(down.reason()));
      }
    }
  }

  private void replaceLease(ElectionAction.ReplaceLease lease) {
    inFlight = true;
    boolean renewing = election.leading();
    long sentAt = System.nanoTime();
    Lease replacement = lease.replacement();
    worker
        .executeBlocking(() -> compareAndSet(lease.expected(), replacement, renewing))
        .onComplete(
            swapped -> {
              inFlight = false;
              if (stopping || renewing && !election.leading()) {
                return;
              }
              if (swapped.failed()) {
                // The result is unknown: the next check finds it, or the lease expires.
                LOG.debug("Failed to replace the lease; cause={}", swapped.cause().toString());
              } else if (swapped.result().succeeded()) {
                onReplaced(renewing, replacement, sentAt);
              } else {
                Optional<Lease> current = swapped.result().current();
                tracker.observe(current);
                execute(election.onNotReplaced(current, System.nanoTime()));
              }
            });
  }

  private void onReplaced(boolean renewing, Lease replacement, long sentAt) {
    election.onReplaced(replacement, sentAt);
    tracker.observe(replacement.term());
    leaderName = replacement.holderName();
    if (!renewing) {
      LOG.info("Became the leader; member={} term={}", leaderName, replacement.term());
      bus.publish(ClusterNotification.ADDRESS, new LeadershipGained(replacement.term()));
      // Renew at once: the others count the term from its first renewal.
      act();
    }
  }

  /**
   * The result of a replacement. It may fail although the map holds the replacement: after an
   * attempt without backups, a member that is cut off may be the only one to see it.
   */
  private record SwapResult(boolean succeeded, Optional<Lease> current) {}

  private SwapResult compareAndSet(Optional<Lease> expected, Lease replacement, boolean renewing)
      throws InterruptedException {
    boolean replaced =
        expected.isPresent()
            ? replace(expected.get(), replacement)
            : leases.putIfAbsent(Lease.LEASE_KEY, replacement.encoded()) == null;
    if (!replaced) {
      return new SwapResult(false, readLease());
    }
    // Without a quorum there may have been no backup, and the map's own protection reacts late. A
    // renewal that the others miss ends when this leader hears of their next term. Two leaders of
    // one term could not be distinguished, so a first lease needs the confirmation of a quorum.
    boolean confirmed =
        member.hasQuorum()
            && (renewing
                || LeaseQuorumCheck.isSeenByQuorum(
                    member.hazelcast(),
                    replacement,
                    member.config().quorum(),
                    QUORUM_CHECK_TIMEOUT));
    return new SwapResult(confirmed, Optional.of(replacement));
  }
}
