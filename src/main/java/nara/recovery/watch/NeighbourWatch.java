package nara.recovery.watch;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.DiscoveryRequest.SilentPeers;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest.Peer;
import nara.recovery.report.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for neighbours between two recoveries. After a recovery that found nobody, the first
 * neighbour that is online starts the next one. After any other recovery, {@link UnaskedNeighbours}
 * and {@link FailedPeers} decide.
 */
public final class NeighbourWatch {
  private static final Logger LOG = LoggerFactory.getLogger(NeighbourWatch.class);

  private final Vertx vertx;
  private final Bus bus;
  private final Scheduler scheduler;
  private final InstantSource steady;
  private final RandomGenerator random;
  private final Supplier<Future<Boolean>> holdsOthers;
  private final Consumer<String> recover;

  private final UnaskedNeighbours unasked = new UnaskedNeighbours();
  private final FailedPeers failed = new FailedPeers();

  /** Null unless the watch has begun. It continues after a recovery that obtained nothing. */
  private LookTimes times;

  /** The report of the last recovery; null while a recovery runs, and when the node stops. */
  private Report ended;

  /** Whether the neighbours that answered the last recovery refused. */
  private boolean onlyRefused;

  private Scheduler.TimerHandle nextLook = () -> {};

  /**
   * Creates a watch that begins with the end of the first recovery.
   *
   * @param holdsOthers finds out whether the ledger holds an event of another nara; never fails
   * @param recover starts the next recovery; its argument is the cause, for the log
   */
  public NeighbourWatch(
      Vertx vertx,
      Bus bus,
      Scheduler scheduler,
      RandomGenerator random,
      Supplier<Future<Boolean>> holdsOthers,
      Consumer<String> recover) {
    this.vertx = vertx;
    this.bus = bus;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.random = random;
    this.holdsOthers = holdsOthers;
    this.recover = recover;
  }

  /**
   * A recovery has ended, so the node looks for neighbours.
   *
   * @param asked the peers that it had to ask
   * @param gaveNothing the configured ones among them that gave nothing
   * @param refused whether all peers that answered refused
   */
  public void onRecoveryEnded(
      Report report, List<Peer> asked, List<Peer> gaveNothing, boolean refused) {
    ended = report;
    onlyRefused = refused;
    failed.onRecoveryEnded(asked, gaveNothing, now());
    if (report.isIsolated()) {
      unasked.forget();
      waitForNeighbours();
    } else {
      unasked.onAsked(asked, now());
      waitForUnasked(report.eventTotals().merged() > 0);
    }
  }

  /** Looks no more until a recovery ends, because one starts, or because the node stops. */
  public void pause() {
    nextLook.cancel();
    ended = null;
  }

  /** Whether the node looks for neighbours now. */
  public boolean isWatching() {
    return times != null && ended != null;
  }

  /** A neighbour has appeared while the node looks for neighbours. */
  public void onNeighbourAppeared() {
    scheduleLook(times.waitAfterAppearance(now()), false);
  }

  private void waitForNeighbours() {
    if (times == null) {
      times = new LookTimes(random, now());
      LOG.info(
          onlyRefused
              ? "The neighbours that answered refused; the node asks them again; reasons=\"{}\""
              : "No neighbour answered; the node waits for neighbours and recovers when one comes",
          String.join("; ", ended.reasons()));
    }
    scheduleLook(times.nextWait(now()), true);
  }

  private void waitForUnasked(boolean obtained) {
    if (times == null || obtained) {
      times = new LookTimes(random, now());
    }
    if (!obtained) {
      times.onNothingObtained(now());
    }
    lookForUnasked();
  }

  private void scheduleLook(Duration wait, boolean asksSources) {
    nextLook.cancel();
    nextLook = scheduler.schedule(vertx, wait, () -> look(asksSources));
  }

  private void look(boolean asksSources) {
    if (ended.isIsolated()) {
      lookForAnyone(asksSources);
    } else {
      lookForUnasked();
    }
  }

  private void lookForAnyone(boolean asksSources) {
    Report before = ended;
    bus.request(
            DiscoveryRequest.ADDRESS,
            new DiscoveryRequest.FindNeighbours(
                asksSources, Set.of(), false, Duration.ZERO, WatchLimits.LOOK_PATIENCE),
            Timeouts.DISCOVERY)
        .map(found -> found.list().neighbours().stream().anyMatch(Neighbour::online))
        .otherwise(false)
        .onSuccess(
            online -> {
              if (isStale(before)) {
                return;
              }
              if (online) {
                recover.accept(onlyRefused ? "A neighbour is online" : "A neighbour has come");
              } else {
                waitForNeighbours();
              }
            });
  }

  private void lookForUnasked() {
    Report before = ended;
    Future<SilentPeers> silent =
        bus.request(
            DiscoveryRequest.ADDRESS,
            new DiscoveryRequest.PingSilentPeers(failed.due(now())),
            Timeouts.DISCOVERY);
    Future<NeighbourList> known =
        silent.compose(
            pinged ->
                bus.request(
                    DiscoveryRequest.ADDRESS,
                    new DiscoveryRequest.ListNeighbours(),
                    Timeouts.STATUS));
    Future<Boolean> held = holdsOthers.get();
    Future.join(known, held)
        .onComplete(
            done -> {
              if (isStale(before)) {
                return;
              }
              if (known.failed()) {
                scheduleLook(times.nextWait(now()), true);
              } else {
                decide(silent.result(), known.result().neighbours(), held.result());
              }
            });
  }

  /** Whether another recovery has started since that one ended, or the watch has ended. */
  private boolean isStale(Report before) {
    return !isWatching() || ended != before;
  }

  private void decide(SilentPeers pinged, List<Neighbour> known, boolean holdsOthers) {
    switch (unasked.decide(pinged.peers(), known, holdsOthers, times.asksStrangers(now()), now())) {
      case RECOVER -> recover.accept("A neighbour has come that was not asked");
      case LOOK_AGAIN -> recoverOrLookAgain(pinged);
      case END_WATCH -> {
        if (failed.areAwaited()) {
          recoverOrLookAgain(pinged);
        } else {
          endWatch();
        }
      }
    }
  }

  private void recoverOrLookAgain(SilentPeers pinged) {
    if (failed.startRecovery(pinged.responding(), now())) {
      recover.accept("A configured peer responds that gave nothing");
    } else {
      scheduleLook(times.nextWait(now()), true);
    }
  }

  private void endWatch() {
    nextLook.cancel();
    times = null;
    unasked.forget();
    failed.forget();
  }

  private Instant now() {
    return steady.instant();
  }
}
