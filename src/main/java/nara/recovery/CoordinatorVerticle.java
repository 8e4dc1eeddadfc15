package nara.recovery;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Time;
import nara.checkpoint.CheckpointRequest;
import nara.checkpoint.ConsensusRequest;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.Neighbourhood;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.plaza.PlazaRequest;
import nara.plaza.PlazaRequest.PlazaState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the recovery plan out: commands become requests to the other verticles, their answers
 * become happenings. Tells {@link RecoveryNews.Finished} exactly once, whatever happens.
 */
public final class CoordinatorVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorVerticle.class);

  /** Discovery bounds its own pings; a scan of 65,536 addresses at 50 at once takes its time. */
  private static final Duration DISCOVERY_TIMEOUT = Duration.ofHours(2);

  /** How long the local parts of the node may take to answer. */
  private static final Duration LOCAL_TIMEOUT = Duration.ofSeconds(60);

  /**
   * Beyond what a call may take on the network: its events are judged and merged before it ends.
   */
  private static final Duration MERGE_ALLOWANCE = Duration.ofMinutes(2);

  /**
   * A reconciliation bounds itself; before it begins, it waits for those before it, each of which
   * keeps it waiting for seconds at most.
   */
  private static final Duration RECONCILE_TIMEOUT = Duration.ofMinutes(10);

  /** Checkpoints of five peers, page by page, each with its own deadline. */
  private static final Duration CHECKPOINTS_TIMEOUT = Duration.ofMinutes(15);

  private final RecoveryConfig config;
  private final String me;
  private final Time time;
  private final RecoveryPlan plan;
  private final List<Report.Stage> before;

  private Bus bus;
  private ReportBuilder report;

  /** The last report, once it is told. */
  private Report last;

  private Time.Appointment wait = () -> {};
  private boolean stopping;

  /**
   * The coordinator of one recovery; it begins when the verticle is deployed.
   *
   * @param me this node's name
   * @param before what the node did before, such as reading its snapshot: the report begins with it
   */
  public CoordinatorVerticle(
      RecoveryConfig config, String me, Time time, List<Report.Stage> before) {
    this.config = config;
    this.me = me;
    this.time = time;
    this.plan = new RecoveryPlan(config, me);
    this.before = before;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    report = new ReportBuilder(now());
    before.forEach(report::begunWith);
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    // After the deployment is reported, so that whoever deploys hears of all that follows.
    context.runOnContext(deployed -> tell(new Happening.Started()));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    tell(new Happening.StopAsked());
    return Future.succeededFuture();
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.ReportSoFar soFar ->
          Future.succeededFuture(
              new RecoveryRequest.CurrentReport(
                  plan.stageLabel(), last != null, last != null ? last : running()));
    };
  }

  /** Tells the plan what happened and does what it answers. */
  private void tell(Happening happening) {
    for (Command command : plan.on(happening, now())) {
      carryOut(command);
    }
  }

  private void carryOut(Command command) {
    switch (command) {
      case Command.WaitUntil until -> waitUntil(until.time());
      case Command.Discover discover -> onDiscover();
      case Command.Fetch fetch -> onFetch(fetch);
      case Command.Reconcile reconcile -> onReconcile(reconcile);
      case Command.AskPlaza ask -> onAskPlaza(ask);
      case Command.SyncCheckpoints sync -> onSyncCheckpoints(sync);
      case Command.SeekKeys seek -> onSeekKeys(seek);
      case Command.SeedPings seed -> onSeedPings();
      case Command.Enter enter -> {
        report.enter(enter.stage(), now());
        progress();
      }
      case Command.Leave leave -> {
        LOG.info("{}: {} {}", report.stage(), leave.outcome(), leave.reason());
        report.leave(leave.outcome(), leave.reason(), now());
      }
      case Command.Finish finish -> onFinish(finish);
    }
  }

  private void waitUntil(Instant moment) {
    Duration left = Duration.between(now(), moment);
    wait = time.after(vertx, left, () -> tell(new Happening.TimeCame()));
  }

  private void onDiscover() {
    Future<Neighbourhood> found =
        bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.Discover(), DISCOVERY_TIMEOUT);
    Future<PlazaState> plaza =
        bus.ask(PlazaRequest.ADDRESS, new PlazaRequest.State(), LOCAL_TIMEOUT);
    Future<LedgerStats> held =
        bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Stats(), LOCAL_TIMEOUT);
    Future.all(found, plaza, held)
        .onSuccess(
            all -> {
              report.neighbours(found.result().neighbours());
              tell(
                  new Happening.Found(
                      found.result().neighbours(),
                      troubles(found.result(), plaza.result()),
                      plaza.result().configured(),
                      held.result().total()));
            })
        .onFailure(failure -> onBroken("discovery", failure));
  }

  /** What kept neighbours from being found; where some were, the broker was not needed for it. */
  private static List<String> troubles(Neighbourhood found, PlazaState plaza) {
    boolean alone = found.neighbours().stream().noneMatch(Neighbour::online);
    if (!alone || !plaza.configured() || plaza.connected()) {
      return found.troubles();
    }
    List<String> all = new ArrayList<>(found.troubles());
    all.add("the plaza: " + plaza.trouble());
    return all;
  }

  private void onFetch(Command.Fetch fetch) {
    bus.ask(
            MeshRequest.ADDRESS,
            new MeshRequest.Fetch(fetch.peer(), fetch.query(), fetch.timeout()),
            fetch.timeout().plus(MERGE_ALLOWANCE))
        // One call that went wrong within this node costs that call: it is tried again.
        .otherwise(
            failure ->
                new MeshRequest.FetchFailed(MeshFailure.STALLED, failed("the mesh", failure)))
        .onSuccess(
            outcome -> {
              if (plan.finished()) {
                return;
              }
              report.fetched(fetch.peer().name(), outcome);
              tell(new Happening.CallEnded(fetch.call(), outcome));
              progress();
            });
  }

  private void onReconcile(Command.Reconcile reconcile) {
    bus.ask(
            MeshRequest.ADDRESS,
            new MeshRequest.Reconcile(reconcile.peer(), Long.MIN_VALUE, reconcile.timeout()),
            RECONCILE_TIMEOUT)
        .otherwise(
            failure ->
                new MeshRequest.NotReconciled(MeshFailure.STALLED, failed("the mesh", failure)))
        .onSuccess(
            outcome -> {
              if (plan.finished()) {
                return;
              }
              report.reconciled(reconcile.peer().name(), outcome);
              tell(new Happening.ReconcileEnded(reconcile.call(), outcome));
              progress();
            });
  }

  private void onAskPlaza(Command.AskPlaza ask) {
    bus.ask(
            PlazaRequest.ADDRESS,
            new PlazaRequest.AskLedgers(
                ask.subjectsByNeighbour(), config.plazaQuiet(), config.plazaDeadline()),
            config.plazaDeadline().plus(MERGE_ALLOWANCE))
        .onSuccess(
            answered -> {
              report.plaza(answered);
              tell(new Happening.PlazaEnded(answered));
            })
        .onFailure(failure -> onBroken("the plaza", failure));
  }

  private void onSyncCheckpoints(Command.SyncCheckpoints sync) {
    bus.ask(
            CheckpointRequest.ADDRESS,
            new CheckpointRequest.Sync(sync.peers()),
            CHECKPOINTS_TIMEOUT)
        .onSuccess(
            synced -> {
              report.checkpoints(synced);
              tell(new Happening.CheckpointsEnded(synced));
            })
        .onFailure(failure -> onBroken("the checkpoint stage", failure));
  }

  private void onSeekKeys(Command.SeekKeys seek) {
    new KeySearch(bus)
        .seek(seek.peers())
        .onSuccess(
            found -> {
              report.judgedAgain(found.offered());
              tell(new Happening.KeysSought(found.asked(), found.learned()));
            })
        .onFailure(failure -> onBroken("the search for keys", failure));
  }

  private void onSeedPings() {
    bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.PingAverages(Set.of(me)), LOCAL_TIMEOUT)
        .compose(
            means -> {
              report.pingsSeeded(means.meanByTarget().size());
              return ledgerCounted().map(means.meanByTarget());
            })
        .onSuccess((Map<String, Double> means) -> tell(new Happening.PingsSeeded(means.size())))
        .onFailure(failure -> onBroken("the ledger", failure));
  }

  private Future<?> ledgerCounted() {
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Stats(), LOCAL_TIMEOUT)
        .onSuccess(report::ledger);
  }

  private void onFinish(Command.Finish finish) {
    wait.cancel();
    // The ledger may be gone already when the node is stopping; the report is told all the same.
    Future<?> counted = stopping ? Future.succeededFuture() : ledgerCounted();
    counted.onComplete(
        ended -> {
          last = report.build(finish.outcome().label(), finish.reasons(), now());
          LOG.info("boot recovery {}: {} events held", last.outcome(), last.ledger().total());
          bus.tell(RecoveryNews.ADDRESS, new RecoveryNews.Finished(last));
          // Told and not asked: a node without a plaza has nobody there.
          bus.tell(ConsensusRequest.ADDRESS, new ConsensusRequest.Begin());
        });
  }

  /** A part of this node did not answer: a defect or a shutdown. */
  private void onBroken(String part, Throwable failure) {
    tell(new Happening.Broke(failed(part, failure)));
  }

  private static String failed(String part, Throwable failure) {
    return part + " of this node did not answer: " + failure.getMessage();
  }

  private void progress() {
    if (plan.finished()) {
      return;
    }
    bus.tell(
        RecoveryNews.ADDRESS,
        new RecoveryNews.Progress(
            plan.stageLabel(), plan.callsSettled(), plan.callsPlanned(), running()));
  }

  private Report running() {
    return report.build("running", List.of(), now());
  }

  private Instant now() {
    return time.instant();
  }
}
