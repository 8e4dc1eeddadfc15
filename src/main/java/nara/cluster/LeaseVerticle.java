package nara.cluster;

import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.cluster.ClusterNotification.CaughtUp;
import nara.cluster.ClusterNotification.HigherTermSeen;
import nara.cluster.ClusterNotification.LeadershipGained;
import nara.cluster.ClusterNotification.LeadershipLost;
import nara.cluster.ClusterNotification.MembersChanged;
import nara.cluster.ClusterNotification.SplitBrainHealed;
import nara.cluster.ClusterRequest.ClusterStatus;
import nara.cluster.LeaderElection.ElectionAction;
import nara.cluster.map.Lease;
import nara.cluster.map.TermTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lease, or waits for it: carries out what {@link LeaderElection} says, and tells {@link
 * LeadershipGained} and {@link LeadershipLost}. When it is undeployed it gives the lead up, so that
 * another need not wait: undeploy first what only a leader has.
 */
final class LeaseVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseVerticle.class);

  /** For the others to say which lease they see: as long as for a backup. */
  private static final Duration QUORUM_CHECK_TIMEOUT = Duration.ofMillis(1_500);

  /** How often a lease is looked at while it lasts. */
  private static final int LOOKS = 16;

  private final ClusterMember member;
  private final LeaderElection leaderElection;
  private final TermTracker termTracker;

  private Bus bus;
  private WorkerExecutor worker;
  private IMap<String, String> leases;
  private boolean inFlight;
  private boolean caughtUp;
  private boolean stopping;
  private String leaderName = "";

  LeaseVerticle(ClusterMember member) {
    this.member = member;
    this.termTracker = member.terms();
    this.leaderElection =
        new LeaderElection(
            member.nodeId(), member.config().memberName(), member.config().leaseDuration());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-lease", 1);
    leases = member.hazelcast().getMap(HazelcastConfig.LEASE_MAP);
    caughtUp = !member.config().has(Role.LEDGER);
    bus.serve(ClusterRequest.ADDRESS, ClusterRequest.GetClusterStatus.class, this::onState);
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNews);
    vertx.setPeriodic(
        Math.max(20, member.config().leaseDuration().toMillis() / LOOKS), fired -> checkLease());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    Optional<Lease> mine = leaderElection.resign();
    return mine.map(
            lease ->
                onWorker(
                    () ->
                        leases.replace(
                                HazelcastConfig.LEASE_KEY,
                                lease.encoded(),
                                lease.released().encoded())
                            ? "given up"
                            : "taken before"))
        .orElse(Future.succeededFuture(""))
        .otherwiseEmpty()
        .eventually(worker::close);
  }

  private Future<? extends BusMessage> onState(ClusterRequest.GetClusterStatus asked) {
    return Future.succeededFuture(
        new ClusterStatus(
            member.config().memberName(),
            leaderName,
            termTracker.highest(),
            leaderElection.leading(),
            member.members().stream().map(ClusterMember.MemberInfo::name).sorted().toList(),
            member.config().quorum(),
            caughtUp,
            termTracker.accepted(),
            termTracker.refused()));
  }

  private void onNews(ClusterNotification news) {
    switch (news) {
      case CaughtUp now -> caughtUp = now.complete();
      case HigherTermSeen by -> termTracker.observe(by.term());
      case MembersChanged changed -> {}
      case SplitBrainHealed healed -> {}
      case LeadershipGained mine -> {}
      case LeadershipLost mine -> {}
    }
    if (news instanceof HigherTermSeen || news instanceof CaughtUp) {
      checkLease();
    }
  }

  /** Looks at the entry and at the clock. */
  private void checkLease() {
    if (stopping) {
      return;
    }
    if (leaderElection.leading()) {
      act();
    } else if (!inFlight) {
      inFlight = true;
      onWorker(() -> Lease.parse(String.valueOf(leases.get(HazelcastConfig.LEASE_KEY))))
          .onSuccess(
              entry -> {
                leaderElection.observe(entry, System.nanoTime());
                termTracker.observe(entry);
                leaderName = entry.filter(Lease::isConfirmed).map(Lease::holderName).orElse("");
              })
          .onFailure(unreadable -> leaderName = "")
          .onComplete(
              looked -> {
                inFlight = false;
                if (looked.succeeded()) {
                  act();
                }
              });
    }
  }

  private void act() {
    boolean eligible = member.config().has(Role.COORDINATOR) && caughtUp && member.hasQuorum();
    execute(leaderElection.nextAction(eligible, termTracker.highest(), System.nanoTime()));
  }

  private void execute(ElectionAction action) {
    switch (action) {
      case ElectionAction.Wait nothing -> {}
      case ElectionAction.ReplaceLease lease -> {
        if (!inFlight && !stopping) {
          replaceLease(lease);
        }
      }
      case ElectionAction.StepDown down -> {
        LOG.warn("{} steps down: {}", member.config().memberName(), down.reason());
        leaderName = "";
        bus.publish(ClusterNotification.ADDRESS, new LeadershipLost(down.reason()));
      }
    }
  }

  private void replaceLease(ElectionAction.ReplaceLease lease) {
    inFlight = true;
    boolean renewing = leaderElection.leading();
    long sentAt = System.nanoTime();
    Lease replacement = lease.replacement();
    onWorker(() -> compareAndSet(lease.expected(), replacement, renewing))
        .onComplete(
            swapped -> {
              inFlight = false;
              if (stopping || renewing && !leaderElection.leading()) {
                return;
              }
              if (swapped.failed()) {
                // Not known whether it came through: the next look tells, or the lease runs out.
                LOG.debug("the lease was not replaced: {}", swapped.cause().toString());
              } else if (swapped.result().succeeded()) {
                onReplaced(renewing, replacement, sentAt);
              } else {
                Optional<Lease> there = swapped.result().current();
                termTracker.observe(there);
                execute(leaderElection.onNotReplaced(there, System.nanoTime()));
              }
            });
  }

  private void onReplaced(boolean renewing, Lease replacement, long sentAt) {
    leaderElection.onReplaced(replacement, sentAt);
    termTracker.observe(replacement.term());
    leaderName = replacement.holderName();
    if (!renewing) {
      LOG.info("{} leads in term {}", replacement.holderName(), replacement.term());
      bus.publish(ClusterNotification.ADDRESS, new LeadershipGained(replacement.term()));
      // The others count a term from its first renewal on: they need not wait for it.
      act();
    }
  }

  /**
   * What came of a replacement. That the wanted entry is there is not enough: from an attempt whose
   * backups never came it may be there for this member alone, which is cut off from the others.
   */
  private record SwapResult(boolean succeeded, Optional<Lease> current) {}

  private SwapResult compareAndSet(Optional<Lease> expected, Lease replacement, boolean renewing)
      throws InterruptedException {
    boolean put =
        expected.isPresent()
            ? leases.replace(
                HazelcastConfig.LEASE_KEY, expected.get().encoded(), replacement.encoded())
            : leases.putIfAbsent(HazelcastConfig.LEASE_KEY, replacement.encoded()) == null;
    // Alone, just now, there was no backup to wait for, and the map's own protection may not know
    // yet. A renewal that the others do not have ends by itself, when their lease of another term
    // is heard of; of two leads in one term nobody could tell.
    return put
        ? new SwapResult(
            member.hasQuorum() && (renewing || isSeenByQuorum(replacement)),
            Optional.of(replacement))
        : new SwapResult(false, Lease.parse(String.valueOf(leases.get(HazelcastConfig.LEASE_KEY))));
  }

  private boolean isSeenByQuorum(Lease wanted) throws InterruptedException {
    return LeaseQuorumCheck.isSeenByQuorum(
        member.hazelcast(), wanted, member.config().quorum(), QUORUM_CHECK_TIMEOUT);
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    return worker.executeBlocking(work);
  }
}
