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
import nara.cluster.ClusterNews.CaughtUp;
import nara.cluster.ClusterNews.Leads;
import nara.cluster.ClusterNews.MembersChanged;
import nara.cluster.ClusterNews.Outranked;
import nara.cluster.ClusterNews.Returned;
import nara.cluster.ClusterNews.StandsBy;
import nara.cluster.ClusterRequest.ClusterState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lease, or waits for it: carries out what {@link Leadership} says, and tells {@link
 * Leads} and {@link StandsBy}. When it is undeployed it gives the lead up, so that another need not
 * wait: undeploy first what only a leader has.
 */
final class LeaseVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseVerticle.class);

  /** For the others to say which lease they see: as long as for a backup. */
  private static final Duration TO_WITNESS = Duration.ofMillis(1_500);

  /** How often a lease is looked at while it lasts. */
  private static final int LOOKS = 16;

  private final ClusterMember member;
  private final Leadership leadership;
  private final Terms terms;

  private Bus bus;
  private WorkerExecutor worker;
  private IMap<String, String> leases;
  private boolean busy;
  private boolean caughtUp;
  private boolean stopping;
  private String leader = "";

  LeaseVerticle(ClusterMember member) {
    this.member = member;
    this.terms = member.terms();
    this.leadership =
        new Leadership(member.nodeId(), member.config().memberName(), member.config().lease());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-lease", 1);
    leases = member.hazelcast().getMap(Maps.LEASE);
    caughtUp = !member.config().has(Role.LEDGER);
    bus.serve(ClusterRequest.ADDRESS, ClusterRequest.State.class, this::onState);
    bus.hear(ClusterNews.ADDRESS, ClusterNews.class, this::onNews);
    vertx.setPeriodic(Math.max(20, member.config().lease().toMillis() / LOOKS), fired -> look());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    Optional<Lease> mine = leadership.resign();
    return mine.map(
            lease ->
                onMap(
                    () ->
                        leases.replace(Maps.LEADER, lease.text(), lease.released().text())
                            ? "given up"
                            : "taken before"))
        .orElse(Future.succeededFuture(""))
        .otherwiseEmpty()
        .eventually(worker::close);
  }

  private Future<? extends BusMessage> onState(ClusterRequest.State asked) {
    return Future.succeededFuture(
        new ClusterState(
            member.config().memberName(),
            leader,
            terms.highest(),
            leadership.leading(),
            member.peers().stream().map(ClusterMember.Peer::name).sorted().toList(),
            member.config().quorum(),
            caughtUp,
            terms.accepted(),
            terms.refused()));
  }

  private void onNews(ClusterNews news) {
    switch (news) {
      case CaughtUp now -> caughtUp = now.all();
      case Outranked by -> terms.saw(by.term());
      case MembersChanged changed -> {}
      case Returned returned -> {}
      case Leads mine -> {}
      case StandsBy mine -> {}
    }
    if (news instanceof Outranked || news instanceof CaughtUp) {
      look();
    }
  }

  /** Looks at the entry and at the clock. */
  private void look() {
    if (stopping) {
      return;
    }
    if (leadership.leading()) {
      move();
    } else if (!busy) {
      busy = true;
      onMap(() -> Lease.parse(String.valueOf(leases.get(Maps.LEADER))))
          .onSuccess(
              entry -> {
                leadership.saw(entry, System.nanoTime());
                terms.saw(entry);
                leader = entry.filter(Lease::proven).map(Lease::name).orElse("");
              })
          .onFailure(unreadable -> leader = "")
          .onComplete(
              looked -> {
                busy = false;
                if (looked.succeeded()) {
                  move();
                }
              });
    }
  }

  private void move() {
    boolean eligible = member.config().has(Role.COORDINATOR) && caughtUp && member.quorate();
    carryOut(leadership.next(eligible, terms.highest(), System.nanoTime()));
  }

  private void carryOut(Leadership.Move move) {
    switch (move) {
      case Leadership.Move.Wait nothing -> {}
      case Leadership.Move.Replace replace -> {
        if (!busy && !stopping) {
          replace(replace);
        }
      }
      case Leadership.Move.StepDown down -> {
        LOG.warn("{} steps down: {}", member.config().memberName(), down.why());
        leader = "";
        bus.tell(ClusterNews.ADDRESS, new StandsBy(down.why()));
      }
    }
  }

  private void replace(Leadership.Move.Replace replace) {
    busy = true;
    boolean renewing = leadership.leading();
    long sentAt = System.nanoTime();
    Lease wanted = replace.wanted();
    onMap(() -> swapped(replace.seen(), wanted, renewing))
        .onComplete(
            swapped -> {
              busy = false;
              if (stopping || renewing && !leadership.leading()) {
                return;
              }
              if (swapped.failed()) {
                // Not known whether it came through: the next look tells, or the lease runs out.
                LOG.debug("the lease was not replaced: {}", swapped.cause().toString());
              } else if (swapped.result().put()) {
                onReplaced(renewing, wanted, sentAt);
              } else {
                Optional<Lease> there = swapped.result().entry();
                terms.saw(there);
                carryOut(leadership.notReplaced(there, System.nanoTime()));
              }
            });
  }

  private void onReplaced(boolean renewing, Lease wanted, long sentAt) {
    leadership.replaced(wanted, sentAt);
    terms.saw(wanted.term());
    leader = wanted.name();
    if (!renewing) {
      LOG.info("{} leads in term {}", wanted.name(), wanted.term());
      bus.tell(ClusterNews.ADDRESS, new Leads(wanted.term()));
      // The others count a term from its first renewal on: they need not wait for it.
      move();
    }
  }

  /**
   * What came of a replacement. That the wanted entry is there is not enough: from an attempt whose
   * backups never came it may be there for this member alone, which is cut off from the others.
   */
  private record Swapped(boolean put, Optional<Lease> entry) {}

  private Swapped swapped(Optional<Lease> seen, Lease wanted, boolean renewing)
      throws InterruptedException {
    boolean put =
        seen.isPresent()
            ? leases.replace(Maps.LEADER, seen.get().text(), wanted.text())
            : leases.putIfAbsent(Maps.LEADER, wanted.text()) == null;
    // Alone, just now, there was no backup to wait for, and the map's own protection may not know
    // yet. A renewal that the others do not have ends by itself, when their lease of another term
    // is heard of; of two leads in one term nobody could tell.
    return put
        ? new Swapped(member.quorate() && (renewing || witnessed(wanted)), Optional.of(wanted))
        : new Swapped(false, Lease.parse(String.valueOf(leases.get(Maps.LEADER))));
  }

  private boolean witnessed(Lease wanted) throws InterruptedException {
    return Witness.confirm(member.hazelcast(), wanted, member.config().quorum(), TO_WITNESS);
  }

  private <T> Future<T> onMap(Callable<T> work) {
    return worker.executeBlocking(work);
  }
}
