package nara.recovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import nara.bounds.BoundedMap;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.bus.UnavailableException;
import nara.checkpoint.consensus.ConsensusRequest;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryNotification;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.FoundNeighbours;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.DiscoveryRequest.SilentPeers;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.mqtt.PlazaRequest;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.recovery.ClusterWorkRequest.FetchedByMember;
import nara.recovery.ClusterWorkRequest.LeaderHandover;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.RecoveryRequest.RecoveryStarted;
import nara.recovery.report.Report;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the recovery plan: it turns commands into requests to other verticles and their replies
 * into events. It publishes {@link RecoveryNotification.RecoveryFinished} exactly once for each
 * recovery. After a recovery that found nobody it watches for neighbours, and the first one that
 * appears starts the next recovery. After one that left configured peers unasked, or that ended
 * without any event of others, the first one that was not asked does so. Without configured peers,
 * so does for some minutes one at a host that was not asked ({@link NewHosts}).
 *
 * <p>In a cluster it runs on the leader. A new leader's coordinator replays the stored events, and
 * then executes the commands that were unfinished.
 */
public final class CoordinatorVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorVerticle.class);

  private final RecoveryConfig config;
  private final String me;
  private final boolean hasBroker;
  private final Scheduler scheduler;
  private final InstantSource steady;
  private final RandomGenerator random;
  private final List<Report.StageReport> earlierStages;
  private final Optional<LeaderHandover> handover;

  private Bus bus;
  private RecoveryRunner runner;
  private RecoveryReplay replay;
  private Scheduler.TimerHandle timer = () -> {};
  private boolean stopping;

  /** Null until the recovery is finished. */
  private Report finalReport;

  /** Null unless the node looks for neighbours after a recovery. */
  private NeighbourWatch watch;

  private Scheduler.TimerHandle nextLook = () -> {};
  private int recovery = 1;

  /** Names and addresses that the recoveries since the last look began have asked. */
  private final Map<String, Boolean> asked = BoundedMap.lru(RecoveryLimits.MAX_ASKED);

  /** Null until a recovery has asked somebody. */
  private NewHosts newHosts;

  /** Whether the ledger holds an event of another nara. */
  private boolean holdsOthers;

  /** Whether the node was ready, and recovers again only because a further neighbour came. */
  private boolean staysReady;

  /** Whether a recovery has ended. */
  private boolean tried;

  /** Requests for events whose replies have not come. */
  private int openRequests;

  /** Completes when no request for events is open any more; used by a stop only. */
  private final Promise<Void> requestsEnded = Promise.promise();

  /** Completes when the final report is published. */
  private Future<?> finishAnnounced = Future.succeededFuture();

  /**
   * Creates the coordinator; the first recovery starts when the verticle is deployed.
   *
   * @param me this node's name
   * @param hasBroker whether an MQTT broker is configured: without one no verticle serves {@link
   *     PlazaRequest}
   * @param random the source of the plan's seed
   * @param earlierStages stages before the recovery, such as reading a snapshot, for the report
   * @param handover for the leader of a cluster; empty when the node runs alone
   */
  public CoordinatorVerticle(
      RecoveryConfig config,
      String me,
      boolean hasBroker,
      Scheduler scheduler,
      RandomGenerator random,
      List<Report.StageReport> earlierStages,
      Optional<LeaderHandover> handover) {
    this.config = config;
    this.me = me;
    this.hasBroker = hasBroker;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.random = random;
    this.earlierStages = earlierStages;
    this.handover = handover;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    runner =
        handover
            .<RecoveryRunner>map(mine -> new RecoveryRunner.Clustered(bus, mine))
            .orElseGet(() -> new RecoveryRunner.Local(bus));
    replay = new RecoveryReplay(config, me, 0, earlierStages, now());
    finalReport = runner.handover().report().orElse(null);
    bus.subscribe(
        DiscoveryNotification.ADDRESS, DiscoveryNotification.class, this::onDiscoveryNotification);
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    // Later, so that the deployer of this verticle can subscribe before the first notification.
    context.runOnContext(deployed -> begin());
    return Future.succeededFuture();
  }

  private void begin() {
    List<ReplayLogEntry> log = runner.handover().log();
    if (stopping) {
      return;
    }
    if (finalReport != null) {
      recovery = finalReport.recovery();
      announceFinished();
      return;
    }
    openKeyClaims();
    if (log.isEmpty()) {
      startRecovery(earlierStages);
    } else {
      RecoveryReplay.replay(log, config, me, earlierStages)
          .ifPresentOrElse(this::resume, this::restart);
    }
  }

  private void restart() {
    LOG.warn("Failed to replay the recovery log; restarting the recovery");
    startRecovery(earlierStages);
  }

  private void startRecovery(List<Report.StageReport> stagesBefore) {
    long seed = random.nextLong();
    replay = new RecoveryReplay(config, me, seed, stagesBefore, now());
    applyEvent(new RecoveryEvent.Started(seed, recovery));
  }

  /** Continues where the earlier leader stopped. */
  private void resume(RecoveryReplay replayed) {
    replay = replayed;
    recovery = replayed.recovery();
    List<PlanCommand> unfinished = replay.unfinishedCommands();
    applyEvent(
        new RecoveryEvent.LeaderChanged(runner.handover().member(), runner.handover().term()));
    // Only the previous leader knows these peers, so discover them again.
    bus.request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.RunDiscovery(), Timeouts.DISCOVERY)
        .onFailure(
            failure ->
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "Failed to discover peers after a handover; continuing without them;"
                            + " reason={}",
                        failure.getMessage()));
    unfinished.forEach(this::execute);
    announceProgress();
  }

  @Override
  public Future<?> stop() {
    timer.cancel();
    nextLook.cancel();
    if (runner.outlivesNode() || replay.plan().finished()) {
      stopping = true;
      return finishAnnounced;
    }
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.STATUS)
        .map(list -> (int) list.neighbours().stream().filter(Neighbour::online).count())
        .otherwise(0)
        .compose(
            online -> {
              // Before the finish, which waits for the open requests of a stop.
              stopping = true;
              applyNow(new RecoveryEvent.StopRequested(online));
              return finishAnnounced;
            });
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.GetRecoveryReport get ->
          (finalReport != null ? checkHeld() : refreshTotals())
              .transform(ended -> Future.succeededFuture(currentReport()));
      case RecoveryRequest.StartRecovery start -> onStartRecovery();
    };
  }

  private Future<RecoveryStarted> onStartRecovery() {
    if (stopping) {
      return Future.failedFuture(new UnavailableException("the node is stopping"));
    }
    boolean idle = finalReport != null;
    if (idle) {
      recoverAgain("The operator requested a recovery", false);
    }
    return Future.succeededFuture(new RecoveryStarted(recovery, idle));
  }

  private CurrentReport currentReport() {
    if (finalReport == null) {
      String stage = replay.plan().stageLabel();
      boolean ready = staysReady || (tried && readyWhenTried());
      String reason = ready ? "" : "the recovery is running: " + stage;
      return new CurrentReport(
          stage, false, unfinishedReport(), reason, replay.plan().awaitedPeers());
    }
    return isDone()
        ? new CurrentReport("done", true, finalReport, "")
        : new CurrentReport(
            "waiting for neighbours",
            true,
            finalReport,
            staysReady || readyWhenTried() ? "" : waitingSentence());
  }

  private boolean readyWhenTried() {
    return config.readyWhen() == RecoveryConfig.ReadyWhen.TRIED;
  }

  /** An answer alone is not enough: an empty ledger answers too. */
  private boolean isDone() {
    return finalReport != null && !finalReport.isIsolated() && holdsOthers;
  }

  private String waitingSentence() {
    if (!finalReport.isIsolated()) {
      return "the neighbours that answered hold nothing yet."
          + " The first nodes of a network need recovery.ready_when \"tried\"";
    }
    if (replay.plan().onlyRefused()) {
      return "the neighbours that answered refused, and the node asks them again: "
          + String.join("; ", finalReport.reasons());
    }
    return "the node waits for neighbours: "
        + String.join("; ", finalReport.reasons())
        + ". The first node of a network needs recovery.ready_when \"tried\"";
  }

  // Waiting for neighbours, between two recoveries.

  private void watchForNeighbours() {
    if (watch == null) {
      watch = new NeighbourWatch(random, now());
      LOG.info(
          replay.plan().onlyRefused()
              ? "The neighbours that answered refused; the node asks them again; reasons=\"{}\""
              : "No neighbour answered; the node waits for neighbours and recovers when one comes",
          String.join("; ", finalReport.reasons()));
    }
    scheduleLook(watch.nextWait(now()), true);
  }

  private void watchForUnasked() {
    for (Peer peer : replay.plan().peers()) {
      asked.put(peer.name(), true);
      asked.put(peer.address(), true);
    }
    newHosts = newHosts == null ? new NewHosts(now()) : newHosts;
    newHosts.onAsked(replay.plan().peers().stream().map(Peer::address).toList());
    boolean obtained = finalReport.eventTotals().merged() > 0;
    if (watch == null || obtained) {
      watch = new NeighbourWatch(random, now());
    }
    if (!obtained) {
      watch.onNothingObtained(now());
    }
    lookForUnasked();
  }

  private void scheduleLook(Duration wait, boolean asksSources) {
    nextLook.cancel();
    nextLook = scheduler.schedule(vertx, wait, () -> look(asksSources));
  }

  private void onDiscoveryNotification(DiscoveryNotification notification) {
    switch (notification) {
      case DiscoveryNotification.NeighbourAppeared appeared -> {
        if (isWatching()) {
          scheduleLook(watch.waitAfterAppearance(now()), false);
        } else if (replay.plan().waitsForNeighbours()) {
          applyEvent(new RecoveryEvent.NeighbourAppeared());
        }
      }
    }
  }

  private boolean isWatching() {
    return watch != null && finalReport != null && !stopping;
  }

  private void look(boolean asksSources) {
    if (!finalReport.isIsolated()) {
      lookForUnasked();
      return;
    }
    Report before = finalReport;
    bus.request(
            DiscoveryRequest.ADDRESS,
            new DiscoveryRequest.FindNeighbours(
                asksSources, Set.of(), false, Duration.ZERO, RecoveryLimits.DISCOVERY_PATIENCE),
            Timeouts.DISCOVERY)
        .map(found -> found.list().neighbours().stream().anyMatch(Neighbour::online))
        .otherwise(false)
        .onSuccess(
            online -> {
              if (!isWatching() || finalReport != before) {
                return;
              }
              if (online) {
                recoverAgain(
                    replay.plan().onlyRefused() ? "A neighbour is online" : "A neighbour has come",
                    staysReady);
              } else {
                watchForNeighbours();
              }
            });
  }

  /** Ends the watch when all configured peers were asked and something was obtained. */
  private void lookForUnasked() {
    Report before = finalReport;
    Future<SilentPeers> silent =
        bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.PingSilentPeers(), Timeouts.DISCOVERY);
    Future<NeighbourList> known =
        silent.compose(
            pinged ->
                bus.request(
                    DiscoveryRequest.ADDRESS,
                    new DiscoveryRequest.ListNeighbours(),
                    Timeouts.STATUS));
    Future.join(known, checkHeld())
        .onComplete(
            ended -> {
              if (!isWatching() || finalReport != before) {
                return;
              }
              if (known.failed()) {
                scheduleLook(watch.nextWait(now()), true);
              } else {
                decide(silent.result().peers(), known.result().neighbours());
              }
            });
  }

  private void decide(List<ConfiguredPeer> silent, List<Neighbour> known) {
    boolean watchesNewHosts =
        silent.isEmpty()
            && known.stream().noneMatch(CoordinatorVerticle::isConfigured)
            && newHosts.watches(now());
    if (known.stream().anyMatch(neighbour -> startsRecovery(neighbour, watchesNewHosts))) {
      newHosts.onRecovery(now());
      recoverAgain("A neighbour has come that was not asked", isDone() || staysReady);
    } else if (!watchesNewHosts
        && holdsOthers
        && silent.stream().allMatch(peer -> asked.containsKey(peer.name()))) {
      endWatch();
    } else {
      scheduleLook(watch.nextWait(now()), true);
    }
  }

  private static boolean isConfigured(Neighbour neighbour) {
    return neighbour.sources().contains(Neighbour.Source.CONFIGURED);
  }

  private boolean startsRecovery(Neighbour neighbour, boolean watchesNewHosts) {
    return neighbour.online()
        && !neighbour.address().isEmpty()
        && !neighbour.isHearsay()
        && !asked.containsKey(neighbour.name())
        // A configured peer may respond in another name each time.
        && !asked.containsKey(neighbour.address())
        && (isConfigured(neighbour)
            || (!holdsOthers && watch.asksStrangers(now()))
            || (watchesNewHosts && newHosts.startsRecovery(neighbour, now())));
  }

  private void endWatch() {
    nextLook.cancel();
    watch = null;
    asked.clear();
  }

  private void recoverAgain(String cause, boolean keepsReady) {
    LOG.info("{}; the node recovers; recovery={}", cause, recovery + 1);
    nextLook.cancel();
    recovery++;
    staysReady = keepsReady;
    finalReport = null;
    openKeyClaims();
    startRecovery(List.of());
  }

  /** A late result of an earlier recovery changes nothing. */
  private void applyEvent(RecoveryReplay origin, RecoveryEvent event) {
    if (origin == replay) {
      applyEvent(event);
    }
  }

  private void applyEvent(RecoveryEvent event) {
    if (stopping && finalReport == null) {
      // The ledger holds its events, so the report counts them too.
      replay.addLateResult(event, now());
    }
    if (!replay.plan().finished() && !stopping) {
      applyNow(event);
    }
  }

  private void applyNow(RecoveryEvent event) {
    Instant now = now();
    int index = replay.eventCount();
    List<PlanCommand> commands = replay.apply(event, now);
    runner.append(index, new ReplayLogEntry(now, event, RecoveryReplay.fetchesIn(commands)));
    commands.forEach(this::execute);
    if (event instanceof RecoveryEvent.FetchEnded
        || event instanceof RecoveryEvent.ReconcileEnded) {
      announceProgress();
    }
  }

  /** Applies the event that a part of this node replies with, or the failure of the stage. */
  private <R> void applyReply(String part, Future<R> reply, Function<R, RecoveryEvent> toEvent) {
    RecoveryReplay origin = replay;
    reply
        .onSuccess(result -> applyEvent(origin, toEvent.apply(result)))
        .onFailure(
            failure ->
                applyEvent(origin, new RecoveryEvent.StageFailed(failureMessage(part, failure))));
  }

  /** Of a request for events. */
  private <R> Future<R> counted(Future<R> reply) {
    openRequests++;
    return reply.onComplete(ended -> onRequestEnded());
  }

  private void onRequestEnded() {
    openRequests--;
    if (stopping && openRequests == 0) {
      requestsEnded.tryComplete();
    }
  }

  /** A page that is being merged enters the ledger in any case. */
  private Future<?> awaitOpenRequests() {
    return !stopping || openRequests == 0
        ? Future.succeededFuture()
        : requestsEnded
            .future()
            .timeout(RecoveryLimits.STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String failureMessage(String part, Throwable failure) {
    return "this node's %s did not reply: %s".formatted(part, failure.getMessage());
  }

  private void execute(PlanCommand command) {
    RecoveryReplay origin = replay;
    switch (command) {
      case PlanCommand.WaitUntil until -> {
        timer =
            scheduler.schedule(
                vertx,
                Duration.between(now(), until.time()),
                () -> applyEvent(origin, new RecoveryEvent.TimerFired()));
        if (replay.plan().onlyAwaitsLostPeers()) {
          // A configured peer that was silent may be there now; then it is announced.
          bus.request(
              DiscoveryRequest.ADDRESS, new DiscoveryRequest.PingSilentPeers(), Timeouts.DISCOVERY);
        }
      }
      case PlanCommand.StartDiscovery discovery ->
          discover(Set.of(), Duration.ZERO, RecoveryLimits.DISCOVERY_PATIENCE);
      case PlanCommand.FindFurther further -> {
        announceProgress();
        discover(further.asked(), further.atLeast(), further.atMost());
      }
      case PlanCommand.StartFetch startFetch -> fetch(startFetch);
      case PlanCommand.StartReconcile startReconcile -> reconcile(startReconcile);
      case PlanCommand.FetchFromPlaza fetch ->
          applyReply(
              "plaza",
              counted(fetchFromPlaza(fetch.subjectsByNeighbour())),
              RecoveryEvent.PlazaEnded::new);
      case PlanCommand.SyncCheckpoints sync ->
          applyReply(
              "checkpoint sync",
              counted(
                  bus.request(
                      CheckpointSyncRequest.ADDRESS,
                      new CheckpointSyncRequest.Sync(sync.peers()),
                      Timeouts.CHECKPOINTS)),
              RecoveryEvent.CheckpointsEnded::new);
      case PlanCommand.SearchKeys search ->
          applyReply(
              "key search",
              counted(runner.searchKeys(search.peers())),
              RecoveryEvent.KeySearchEnded::new);
      case PlanCommand.SeedPingTimes times ->
          applyReply(
              "ledger",
              bus.request(
                  LedgerRequest.ADDRESS,
                  new LedgerRequest.ComputeMeanRtts(Set.of(me)),
                  Timeouts.LOCAL),
              means -> new RecoveryEvent.PingTimesSeeded(means.millisByTarget().size()));
      case PlanCommand.EnterStage stage -> announceProgress();
      case PlanCommand.LeaveStage left ->
          LOG.info(
              "Left a recovery stage; stage={} stage_outcome={} reason=\"{}\"",
              left.stage(),
              left.outcome(),
              left.reason());
      case PlanCommand.Finish finish -> finish(finish);
    }
  }

  /**
   * Finds neighbours: the first ones, or those that came late when some were asked.
   *
   * @param atLeast how long neighbours may announce themselves, when the plaza is connected
   */
  private void discover(Set<String> asked, Duration atLeast, Duration atMost) {
    boolean first = asked.isEmpty();
    Future<PlazaState> plaza =
        hasBroker
            ? bus.request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState(), Timeouts.LOCAL)
            : Future.succeededFuture(new PlazaState(false, ""));
    Future<FoundNeighbours> found =
        plaza.compose(
            state ->
                bus.request(
                    DiscoveryRequest.ADDRESS,
                    new DiscoveryRequest.FindNeighbours(
                        first, asked, !first, announcementWait(state, atLeast), atMost),
                    Timeouts.DISCOVERY));
    Future<LedgerStats> held =
        found.compose(
            list ->
                bus.request(
                    LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL));
    applyReply(
        "discovery",
        held,
        stats ->
            new RecoveryEvent.NeighboursDiscovered(
                found.result().list().neighbours(),
                discoveryWarnings(found.result().list(), plaza.result().error()),
                hasBroker,
                stats.total(),
                found.result().running()));
  }

  /** A broker that is down, or does not answer, must not hold up a recovery. */
  private Duration announcementWait(PlazaState plaza, Duration atLeast) {
    if (plaza.connected()) {
      return atLeast;
    }
    return !hasBroker || !plaza.error().isEmpty()
        ? Duration.ZERO
        : atLeast.compareTo(RecoveryLimits.CONNECTING_WAIT) < 0
            ? atLeast
            : RecoveryLimits.CONNECTING_WAIT;
  }

  /** A broker that is down matters only when no neighbour was found without it. */
  private static List<String> discoveryWarnings(NeighbourList found, String plazaError) {
    boolean anyOnline = found.neighbours().stream().anyMatch(Neighbour::online);
    if (anyOnline || plazaError.isEmpty()) {
      return found.problems();
    }
    List<String> all = new ArrayList<>(found.problems());
    all.add("the plaza: " + plazaError);
    return all;
  }

  /** A fetch that fails within this node counts as a stall, so that the plan retries it. */
  private void fetch(PlanCommand.StartFetch fetch) {
    RecoveryReplay origin = replay;
    counted(runner.fetch(fetch))
        .otherwise(
            failure ->
                new FetchedByMember(
                    runner.handover().member(),
                    new MeshRequest.FetchFailed(
                        MeshFailure.STALLED, failureMessage("mesh", failure))))
        .onSuccess(
            fetched ->
                applyEvent(
                    origin,
                    new RecoveryEvent.FetchEnded(
                        fetch.callId(), fetched.outcome(), fetched.member())));
  }

  private void reconcile(PlanCommand.StartReconcile reconcile) {
    RecoveryReplay origin = replay;
    counted(
            bus.request(
                MeshRequest.ADDRESS,
                new MeshRequest.ReconcileWithPeer(
                    reconcile.peer(), Long.MIN_VALUE, reconcile.timeout()),
                Timeouts.RECONCILE))
        .otherwise(
            failure ->
                new MeshRequest.ReconcileFailed(
                    MeshFailure.STALLED, failureMessage("mesh", failure)))
        .onSuccess(
            outcome ->
                applyEvent(origin, new RecoveryEvent.ReconcileEnded(reconcile.callId(), outcome)));
  }

  private Future<LedgersFetched> fetchFromPlaza(Map<String, List<String>> subjects) {
    // The earlier leader had a broker when it planned this fetch; this member may have none.
    return hasBroker
        ? bus.request(
            PlazaRequest.ADDRESS,
            new PlazaRequest.FetchLedgers(subjects, config.plazaQuiet(), config.plazaDeadline()),
            config.plazaDeadline().plus(Timeouts.MERGE_ALLOWANCE))
        : Future.succeededFuture(
            new LedgersFetched(List.of(), subjects.keySet(), "no broker is configured"));
  }

  /** Updates the report's totals of other verticles. A failed request keeps the old values. */
  private Future<?> refreshTotals() {
    return Future.join(
        bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL)
            .onSuccess(replay.report()::setLedger),
        bus.request(TrustRequest.ADDRESS, new TrustRequest.ListKeyConflicts(), Timeouts.STATUS)
            .onSuccess(replay.report()::setConflicts));
  }

  /** Finds out whether the ledger holds an event of another nara. */
  private Future<?> checkHeld() {
    if (holdsOthers) {
      return Future.succeededFuture();
    }
    Future<LedgerStats> all =
        bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL);
    return all.compose(
            stats ->
                bus.request(
                    LedgerRequest.ADDRESS, new LedgerRequest.FindByEmitter(me), Timeouts.LOCAL))
        .onSuccess(own -> holdsOthers = all.result().total() > own.events().size());
  }

  private void openKeyClaims() {
    bus.request(TrustRequest.ADDRESS, new TrustRequest.OpenKeyClaims(), Timeouts.LOCAL)
        .onFailure(
            failure ->
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "Cannot open the key claims; the first key of each name holds; reason={}",
                        failure.getMessage()));
  }

  private Future<?> settleKeyClaims() {
    return bus.request(TrustRequest.ADDRESS, new TrustRequest.SettleKeyClaims(), Timeouts.LOCAL);
  }

  private void finish(PlanCommand.Finish finish) {
    timer.cancel();
    List<String> reasons = new ArrayList<>(finish.reasons());
    finishAnnounced =
        awaitOpenRequests()
            .onFailure(
                late ->
                    reasons.add(
                        "the replies to some requests had not ended; the report does not count"
                            + " their events"))
            .transform(ended -> refreshTotals())
            .transform(ended -> settleKeyClaims())
            .transform(ended -> checkHeld())
            .transform(
                ended -> {
                  finalReport =
                      replay.buildReport(finish.recoveryOutcome().label(), reasons, now());
                  LOG.info(
                      "Finished the recovery; recovery={} passes={} outcome={} ledger_events={}",
                      recovery,
                      finalReport.passes(),
                      finalReport.outcome(),
                      finalReport.ledgerTotals().total());
                  runner.storeReport(finalReport);
                  announceFinished();
                  return Future.succeededFuture();
                });
  }

  private void announceFinished() {
    bus.publish(
        RecoveryNotification.ADDRESS, new RecoveryNotification.RecoveryFinished(finalReport));
    // Published instead of requested, because a node without a plaza has no consensus verticle.
    bus.publish(ConsensusRequest.ADDRESS, new ConsensusRequest.StartConsensus());
    tried = true;
    if (stopping) {
      return;
    }
    if (finalReport.isIsolated()) {
      asked.clear();
      watchForNeighbours();
    } else if (replay.plan().finished()) {
      watchForUnasked();
    } else {
      // An earlier leader of the cluster finished it; whom it had to ask is not known here.
      checkHeld();
    }
  }

  private void announceProgress() {
    RecoveryPlan plan = replay.plan();
    if (plan.finished() || stopping) {
      return;
    }
    bus.publish(
        RecoveryNotification.ADDRESS,
        new RecoveryNotification.RecoveryProgressed(
            plan.stageLabel(),
            plan.callsCompleted(),
            plan.callsPlanned(),
            plan.remainingEvents(),
            unfinishedReport()));
  }

  private Report unfinishedReport() {
    return replay.buildReport("running", List.of(), now());
  }

  private Instant now() {
    return steady.instant();
  }
}
