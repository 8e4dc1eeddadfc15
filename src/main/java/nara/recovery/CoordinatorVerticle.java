package nara.recovery;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
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
 *
 * <p>In a cluster it is the leader's. What happens is noted there; a later leader's coordinator
 * lets its own plan hear all of that again, and so comes to stand where the one before it stood. It
 * then does what was under way.
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

  /** Checkpoints of five peers, page by page, each with its own deadline. */
  private static final Duration CHECKPOINTS_TIMEOUT = Duration.ofMinutes(15);

  /**
   * A reconciliation bounds itself; before it begins, it waits for those before it, each of which
   * keeps it waiting for seconds at most.
   */
  private static final Duration RECONCILE_TIMEOUT = Duration.ofMinutes(10);

  private final RecoveryConfig config;
  private final String me;
  private final Time time;

  /** Of the plan's chance: where what neighbours gave is checked. */
  private final long seed;

  private final List<Report.Stage> before;
  private final Optional<SharedWork.Lead> lead;

  private int noted;
  private String unnoted = "";
  private Bus bus;
  private Course course;
  private String stage = "";

  /** The last report, once it is told. */
  private Report last;

  /** Done when the report is told, if it is to be: whoever stops this node waits for it. */
  private Future<?> told = Future.succeededFuture();

  private Time.Appointment wait = () -> {};
  private boolean stopping;

  /**
   * The coordinator of one recovery; it begins when the verticle is deployed.
   *
   * @param me this node's name
   * @param random where what neighbours gave is checked
   * @param before what the node did before, such as reading its snapshot: the report begins with it
   */
  public CoordinatorVerticle(
      RecoveryConfig config,
      String me,
      Time time,
      RandomGenerator random,
      List<Report.Stage> before) {
    this(config, me, time, random, before, Optional.empty());
  }

  /**
   * The coordinator of a recovery that a cluster shares.
   *
   * @param lead what this member finds as its leader; empty when the node runs alone
   */
  public CoordinatorVerticle(
      RecoveryConfig config,
      String me,
      Time time,
      RandomGenerator random,
      List<Report.Stage> before,
      Optional<SharedWork.Lead> lead) {
    this.lead = lead;
    this.seed = random.nextLong();
    this.config = config;
    this.me = me;
    this.time = time;
    this.before = before;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    course = new Course(config, me, seed, before, now());
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    last = lead.flatMap(SharedWork.Lead::report).orElse(null);
    // After the deployment is reported, so that whoever deploys hears of all that follows.
    context.runOnContext(deployed -> begin());
    return Future.succeededFuture();
  }

  private void begin() {
    if (stopping) {
      return;
    }
    List<SharedWork.Noted> past = lead.map(SharedWork.Lead::noted).orElse(List.of());
    if (last != null) {
      tellOfTheEnd();
    } else if (past.isEmpty()) {
      tell(new Happening.Started(seed));
    } else {
      Course.following(past, config, me, before)
          .ifPresentOrElse(there -> goOn(there, past.size()), this::beginAnew);
    }
  }

  private void beginAnew() {
    LOG.warn("what was noted of the recovery cannot be followed; it begins anew");
    tell(new Happening.Started(seed));
  }

  /** Stands where the leader before stood, and does what was under way there. */
  private void goOn(Course there, int notes) {
    course = there;
    noted = notes;
    stage = course.stage();
    List<Command> again = course.underWay();
    lead.ifPresent(mine -> tell(new Happening.TookOver(mine.member(), mine.term())));
    // Whom a recovery has found is known to the discovery of the leader before only.
    bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.Discover(), DISCOVERY_TIMEOUT)
        .onFailure(failure -> LOG.warn("discovery after the handover: {}", failure.toString()));
    again.forEach(this::carryOut);
    progress();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    wait.cancel();
    if (lead.isEmpty()) {
      tell(new Happening.StopAsked());
    }
    return told;
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.ReportSoFar soFar ->
          last != null
              ? Future.succeededFuture(current(last))
              // Without a count, when the ledger is gone already, it is as it was counted before.
              : ledgerCounted().transform(counted -> Future.succeededFuture(current(running())));
    };
  }

  private RecoveryRequest.CurrentReport current(Report soFar) {
    String label = last != null ? "done" : course.plan().stageLabel();
    return new RecoveryRequest.CurrentReport(label, last != null, soFar);
  }

  /** Tells the plan what happened and does what it answers. */
  private void tell(Happening happening) {
    if (course.plan().finished() || stopping && lead.isPresent()) {
      return;
    }
    Instant now = now();
    List<Command> commands = course.hear(happening, now);
    if (lead.isPresent()) {
      note(new SharedWork.Noted(now, happening, Course.fetches(commands)));
    }
    commands.forEach(this::carryOut);
  }

  /** A note that cannot be kept costs a later leader what follows from it: calls made again. */
  private void note(SharedWork.Noted what) {
    bus.ask(SharedWork.ADDRESS, new SharedWork.Note(noted++, what), LOCAL_TIMEOUT)
        .onSuccess(done -> unnoted = "")
        .onFailure(this::onUnnoted);
  }

  private void onUnnoted(Throwable failure) {
    String why = String.valueOf(failure.getMessage());
    if (!why.equals(unnoted)) {
      unnoted = why;
      LOG.warn("progress was not noted: {}", why);
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
        stage = enter.stage();
        progress();
      }
      case Command.Leave leave -> LOG.info("{}: {} {}", stage, leave.outcome(), leave.reason());
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
            all ->
                tell(
                    new Happening.Found(
                        found.result().neighbours(),
                        troubles(found.result(), plaza.result()),
                        plaza.result().configured(),
                        held.result().total())))
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
    fetch(fetch)
        // One call that went wrong within this node costs that call: it is tried again.
        .otherwise(
            failure ->
                new SharedWork.FetchedBy(
                    lead.map(SharedWork.Lead::member).orElse(""),
                    new MeshRequest.FetchFailed(MeshFailure.STALLED, failed("the mesh", failure))))
        .onSuccess(
            by -> {
              if (course.plan().finished()) {
                return;
              }
              tell(new Happening.CallEnded(fetch.call(), by.outcome(), by.member()));
              progress();
            });
  }

  private Future<SharedWork.FetchedBy> fetch(Command.Fetch fetch) {
    Duration patience = fetch.timeout().plus(MERGE_ALLOWANCE);
    return lead.isPresent()
        ? bus.ask(
            SharedWork.ADDRESS,
            new SharedWork.Fetch(fetch.peer(), fetch.query(), fetch.timeout(), fetch.patience()),
            patience)
        : bus.ask(
                MeshRequest.ADDRESS,
                new MeshRequest.Fetch(
                    fetch.peer(), fetch.query(), fetch.timeout(), Optional.of(fetch.patience())),
                patience)
            .map(outcome -> new SharedWork.FetchedBy("", outcome));
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
        .onSuccess(answered -> tell(new Happening.PlazaEnded(answered)))
        .onFailure(failure -> onBroken("the plaza", failure));
  }

  private void onSyncCheckpoints(Command.SyncCheckpoints sync) {
    bus.ask(
            CheckpointRequest.ADDRESS,
            new CheckpointRequest.Sync(sync.peers()),
            CHECKPOINTS_TIMEOUT)
        .onSuccess(synced -> tell(new Happening.CheckpointsEnded(synced)))
        .onFailure(failure -> onBroken("the checkpoint stage", failure));
  }

  private void onSeekKeys(Command.SeekKeys seek) {
    seekKeys(seek.peers())
        .onSuccess(
            found ->
                tell(new Happening.KeysSought(found.asked(), found.learned(), found.offered())))
        .onFailure(failure -> onBroken("the search for keys", failure));
  }

  private Future<SharedWork.KeysFound> seekKeys(List<MeshRequest.Peer> peers) {
    return lead.isPresent()
        ? bus.ask(SharedWork.ADDRESS, new SharedWork.SeekKeys(peers), CHECKPOINTS_TIMEOUT)
        : new KeySearch(bus)
            .seek(peers)
            .map(
                found -> new SharedWork.KeysFound(found.asked(), found.learned(), found.offered()));
  }

  private void onSeedPings() {
    bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.PingAverages(Set.of(me)), LOCAL_TIMEOUT)
        .compose(means -> ledgerCounted().map(means.meanByTarget()))
        .onSuccess((Map<String, Double> means) -> tell(new Happening.PingsSeeded(means.size())))
        .onFailure(failure -> onBroken("the ledger", failure));
  }

  private Future<?> ledgerCounted() {
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Stats(), LOCAL_TIMEOUT)
        .onSuccess(course::ledger);
  }

  private void onFinish(Command.Finish finish) {
    wait.cancel();
    // Where the ledger does not answer, the report is told all the same.
    told =
        ledgerCounted()
            .transform(
                counted -> {
                  last = course.report(finish.outcome().label(), finish.reasons(), now());
                  LOG.info(
                      "boot recovery {}: {} events held", last.outcome(), last.ledger().total());
                  conclude();
                  tellOfTheEnd();
                  return Future.succeededFuture();
                });
  }

  private void tellOfTheEnd() {
    bus.tell(RecoveryNews.ADDRESS, new RecoveryNews.Finished(last));
    // Told and not asked: a node without a plaza has nobody there.
    bus.tell(ConsensusRequest.ADDRESS, new ConsensusRequest.Begin());
  }

  private void conclude() {
    if (lead.isPresent()) {
      bus.ask(SharedWork.ADDRESS, new SharedWork.Conclude(last), LOCAL_TIMEOUT)
          .onFailure(failure -> LOG.warn("the report was not kept: {}", failure.getMessage()));
    }
  }

  /** A part of this node did not answer: a defect or a shutdown. */
  private void onBroken(String part, Throwable failure) {
    tell(new Happening.Broke(failed(part, failure)));
  }

  private static String failed(String part, Throwable failure) {
    return part + " of this node did not answer: " + failure.getMessage();
  }

  private void progress() {
    if (course.plan().finished() || stopping) {
      return;
    }
    bus.tell(
        RecoveryNews.ADDRESS,
        new RecoveryNews.Progress(
            course.plan().stageLabel(),
            course.plan().callsSettled(),
            course.plan().callsPlanned(),
            running()));
  }

  private Report running() {
    return course.report("running", List.of(), now());
  }

  private Instant now() {
    return time.instant();
  }
}
