package nara.liveness;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.clock.NetworkClock;
import nara.discovery.Neighbour;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Ping;
import nara.event.Seen;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.liveness.LivenessRequest.LivenessCounts;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.mesh.client.MeshRequest;
import nara.mqtt.PlazaRequest;
import nara.opinion.OpinionNotification;
import nara.presence.OwnEventPublisher;
import nara.presence.Presence;
import nara.presence.PresenceRequest;
import nara.recovery.RecoveryNotification;
import nara.trust.TrustNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the neighbours once the recovery has finished: checks their presence, pings them, and
 * runs the {@link NeighbourMaintenance}. Records what it observes.
 *
 * <p>The observations are signed. The reference does not sign its own, but accepts signed ones. A
 * signature proves that no relaying peer invented an observation.
 */
public final class LivenessVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LivenessVerticle.class);

  /** The {@code via} of seen events about naras that this node heard on the plaza. */
  private static final String VIA_PLAZA = "plaza";

  private final Identity me;
  private final LivenessConfig config;
  private final Scheduler scheduler;
  private final NetworkClock networkClock;
  private final InstantSource steady;
  private final RandomGenerator random;
  private final ObservationWriter writer;
  private final PingTimes times = new PingTimes();
  private final PingSchedule schedule;
  private final LogOnce failures = new LogOnce(LOG::warn);
  private final Map<Runnable, Scheduler.TimerHandle> timers = new HashMap<>();

  private Bus bus;
  private LivenessClient client;
  private NeighbourMaintenance maintenance;
  private OwnEventPublisher ownEvents;

  /** Null until the recovery has finished. */
  private PresenceTracker tracker;

  private Neighbourhood neighbourhood = Neighbourhood.EMPTY;
  private final SuspensionDetector suspensions =
      new SuspensionDetector(LivenessConfig.MAX_CHECK_GAP);
  private final ClockDoubt clockDoubt = new ClockDoubt();
  private boolean doubtsNetwork;
  private boolean checking;
  private long checks;
  private long pings;
  private long seenReports;

  /**
   * @param networkClock gets the times of neighbours, and tells when this node's clock is wrong
   */
  public LivenessVerticle(
      Identity me,
      LivenessConfig config,
      Scheduler scheduler,
      NetworkClock networkClock,
      RandomGenerator random) {
    this.me = me;
    this.networkClock = networkClock;
    this.config = config;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.random = random;
    this.writer = new ObservationWriter(me);
    this.schedule = new PingSchedule(random);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    client = new LivenessClient(bus, me);
    maintenance = new NeighbourMaintenance(client, writer);
    ownEvents = new OwnEventPublisher(bus, me, scheduler);
    bus.subscribe(
        RecoveryNotification.ADDRESS, RecoveryNotification.class, this::onRecoveryNotification);
    bus.subscribe(
        OpinionNotification.ADDRESS, OpinionNotification.class, this::onOpinionNotification);
    bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence);
    bus.subscribe(TrustNotification.ADDRESS, TrustNotification.class, this::onTrustNotification);
    return bus.serve(LivenessRequest.ADDRESS, LivenessRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    timers.values().forEach(Scheduler.TimerHandle::cancel);
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(LivenessRequest<?> request) {
    return Future.succeededFuture(
        switch (request) {
          case LivenessRequest.GetRoundTripTimes get ->
              new RoundTripTimes(times.averages(), times.last());
          case LivenessRequest.GetLivenessCounts get ->
              new LivenessCounts(
                  checks, client.observations(), pings, seenReports, maintenance.expired());
        });
  }

  private void onRecoveryNotification(RecoveryNotification notification) {
    if (notification instanceof RecoveryNotification.RecoveryFinished && tracker == null) {
      startMonitoring();
    }
  }

  private void startMonitoring() {
    tracker =
        new PresenceTracker(scheduler.instant(), config.missingAfter(), config.pings(), random);
    client
        .request(LedgerRequest.ADDRESS, new LedgerRequest.ComputeMeanRtts(Set.of(me.name())))
        .onSuccess(means -> times.seed(means.millisByTarget()))
        .onFailure(this::logFailure);
    repeat(LivenessConfig.EXPIRY_INTERVAL, () -> expire().onFailure(this::logFailure));
    if (config.writesObservations()) {
      repeat(LivenessConfig.CHECK_INTERVAL, this::onCheck);
      onCheck();
      if (config.pings()) {
        repeat(LivenessConfig.PING_INTERVAL, this::onPing);
        repeat(LivenessConfig.ANNOUNCE_INTERVAL, this::onAnnounce);
      }
    }
  }

  /** Runs a task after each interval until the verticle stops. */
  private void repeat(Duration interval, Runnable task) {
    Runnable next =
        () -> {
          repeat(interval, task);
          task.run();
        };
    timers.put(task, scheduler.schedule(vertx, interval, next));
  }

  private void onOpinionNotification(OpinionNotification notification) {
    if (tracker != null
        && notification instanceof OpinionNotification.PassEnded pass
        && pass.isLast()) {
      maintenance
          .fetchOpinions()
          .compose(fetched -> backfill())
          .compose(backfilled -> expire())
          .onFailure(this::logFailure);
    }
  }

  private void onPresence(Presence presence) {
    if (tracker != null && presence instanceof Presence.Active active) {
      tracker.recordHeard(active.name(), scheduler.instant());
    }
  }

  private void onTrustNotification(TrustNotification notification) {
    if (tracker != null
        && notification instanceof TrustNotification.AnnouncementsMerged merged
        && !merged.imported()) {
      merged.events().forEach(this::onAnnouncement);
    }
  }

  private void onAnnouncement(Event event) {
    if (event.payload() instanceof HeyThere hello) {
      tracker.recordAnnouncement(hello.from(), event.ts(), scheduler.instant());
    } else if (event.payload() instanceof Chau goodbye) {
      tracker.recordGoodbye(goodbye.from(), event.ts());
    }
  }

  /** Announces this node again while it has no broker: zines carry only recent events. */
  private void onAnnounce() {
    isConnectedToBroker()
        .compose(
            connected ->
                connected
                    ? Future.succeededFuture()
                    : client.request(PresenceRequest.ADDRESS, new PresenceRequest.Announce()))
        .onFailure(this::logFailure);
  }

  private Future<Boolean> isConnectedToBroker() {
    return config.hasBroker()
        ? client
            .request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState())
            .map(PlazaRequest.PlazaState::connected)
        : Future.succeededFuture(false);
  }

  // Presence checks.

  private void onCheck() {
    suspensions.onCheck(scheduler.instant()).ifPresent(this::onResumed);
    if (clockDoubt.explainsSilence(
        networkClock.skew().isPresent(), networkClock.hasConfiguredVotes(), steady.instant())) {
      // With a wrong clock, all neighbours seem silent.
      tracker.recordOutageUntil(scheduler.instant());
    }
    if (!checking) {
      checking = true;
      checkPresence().onFailure(this::logFailure).onComplete(ended -> checking = false);
    }
  }

  /** A suspended node receives nothing, so the silence of its neighbours is no evidence. */
  private void onResumed(Duration gap) {
    tracker.recordOutageUntil(scheduler.instant());
    LOG.warn(
        "This node did not run for {} s, or its clock was set; it reports no neighbour as missing"
            + " for the next {} s",
        gap.toSeconds(),
        config.missingAfter().toSeconds());
  }

  private void logDoubt() {
    if (tracker.doubtsNetwork() != doubtsNetwork) {
      doubtsNetwork = tracker.doubtsNetwork();
      if (doubtsNetwork) {
        LOG.warn(
            "All neighbours are silent at once: this node's network may be down; it reports none"
                + " of them as missing");
      } else {
        LOG.info("Neighbours are heard again; this node's network works");
      }
    }
  }

  /**
   * All observations of a check have the time at which it began. A neighbour may leave while the
   * check runs, and no observation of it may be newer than its goodbye.
   */
  private Future<?> checkPresence() {
    Instant now = scheduler.instant();
    return client
        .neighbourhood(now)
        .compose(
            found -> {
              neighbourhood = found;
              List<LivenessAction> actions = tracker.check(found, now);
              logDoubt();
              return Future.join(actions.stream().map(action -> perform(action, now)).toList());
            })
        .onComplete(ended -> checks++);
  }

  private Future<?> perform(LivenessAction action, Instant now) {
    String name = action.name();
    String id = neighbourhood.idOf(name);
    return switch (action) {
      case LivenessAction.PingSilent silent -> {
        // The check does not wait for the network.
        ping(name, silent.address())
            .onFailure(this::logFailure)
            .onComplete(ended -> tracker.recordPingDone(name));
        yield Future.succeededFuture();
      }
      case LivenessAction.ReportSeen seen ->
          ownEvents
              .publish(
                  Event.unixNanos(seen.heardAt()),
                  new Seen(me.name(), me.id(), name, id, VIA_PLAZA))
              .onSuccess(offered -> seenReports += offered.added());
      case LivenessAction.ReportFirstSeen first ->
          client
              .summary(name, now)
              .compose(
                  summary ->
                      summary.firstSeenSeconds() > 0
                          ? Future.succeededFuture()
                          : client.record(writer.firstSeen(name, id, now.getEpochSecond()), now));
      case LivenessAction.ReportStatusChange change ->
          client.record(writer.statusChange(name, id, change.status()), now);
      case LivenessAction.ReportRestart restart ->
          client
              .summary(name, now)
              .compose(s -> client.record(writer.restart(s, id, restart.seconds()), now));
      case LivenessAction.MarkMissing missing -> {
        bus.publish(Presence.ADDRESS, new Presence.Missing(name));
        yield Future.succeededFuture();
      }
    };
  }

  // Pings.

  private void onPing() {
    List<Neighbour> reachable =
        neighbourhood.neighbours().values().stream()
            .filter(neighbour -> !neighbour.address().isEmpty())
            .filter(neighbour -> tracker.isOnline(neighbour.name()))
            .toList();
    schedule
        .next(reachable, steady.instant())
        .ifPresent(chosen -> ping(chosen.name(), chosen.address()).onFailure(this::logFailure));
  }

  /**
   * The ping event has the time of the request. The peer may have said goodbye before its pong
   * arrives, and the ping must not be newer than the goodbye.
   */
  private Future<?> ping(String name, String address) {
    long sentTs = Event.unixNanos(scheduler.instant());
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.PingPeer(address, LivenessConfig.PING_TIMEOUT),
            LivenessConfig.PING_TIMEOUT.plus(Timeouts.MESH_ALLOWANCE))
        .compose(
            outcome ->
                switch (outcome) {
                  case MeshRequest.Pong pong -> onPong(name, address, pong, sentTs);
                  case MeshRequest.PingFailed failed -> Future.succeededFuture();
                });
  }

  /** Ignores a pong that does not have the name and the key of the neighbour. */
  private Future<?> onPong(String name, String address, MeshRequest.Pong pong, long sentTs) {
    Neighbour expected = neighbourhood.neighbours().get(name);
    double milliseconds = pong.rtt().toNanos() / 1e6;
    if (expected == null
        || !pong.name().equals(name)
        || expected.key().filter(pong.key()::equals).isEmpty()
        || milliseconds <= 0) {
      return Future.succeededFuture();
    }
    times.add(name, milliseconds);
    bus.publish(
        LivenessNotification.ADDRESS,
        new LivenessNotification.RoundTripMeasured(name, milliseconds));
    MeshRequest.Peer peer = new MeshRequest.Peer(name, address, neighbourhood.isConfigured(name));
    pong.clockOffset().ifPresent(offset -> networkClock.record(peer.witness(), offset));
    return ownEvents
        .publish(sentTs, new Ping(me.name(), me.id(), name, expected.id(), milliseconds))
        .onSuccess(offered -> pings += offered.added());
  }

  // Maintenance.

  private Future<?> backfill() {
    return config.writesObservations()
        ? maintenance.backfill(scheduler.instant())
        : Future.succeededFuture();
  }

  private Future<?> expire() {
    return maintenance.expire(scheduler.instant()).onSuccess(times::remove);
  }

  private void logFailure(Throwable failure) {
    if (!BusFailure.isOfStop(failure)) {
      failures.log(
          "Liveness task failed. node=%s reason=%s".formatted(me.name(), failure.getMessage()));
    }
  }
}
