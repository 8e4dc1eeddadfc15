package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nara.discovery.Neighbour;
import nara.ledger.Query;
import nara.mesh.MeshRequest.Peer;
import nara.plaza.LedgerQuestion;
import nara.plaza.Partition;
import nara.plaza.PlazaRequest;
import nara.recovery.Command.Outcome;
import nara.recovery.RecoveryConfig.Rung;

/**
 * The boot recovery as a state machine: it is told what happened and when, and answers with what to
 * do. It knows no sockets, no clock and no chance, so each story can be replayed.
 *
 * <p>looking → the rungs of the ladder → checkpoints → keys → pings → finished. However it goes,
 * {@link Command.Finish} comes exactly once, and nothing after it.
 */
public final class RecoveryPlan {
  /** Events that the slices rung asks for in all, as the reference does. */
  static final int SLICES_CAPACITY = 50_000;

  /** The least that a slice is asked for. */
  static final int SLICE_LEAST = 100;

  /** Events held from which on comparing them costs less than walking the neighbours. */
  static final int WORTH_COMPARING = 1_000;

  private enum Stage {
    WAITING,
    DISCOVERING,
    CALLING,
    ASKING_PLAZA,
    SYNCING_CHECKPOINTS,
    SEEKING_KEYS,
    SEEDING_PINGS,
    FINISHED
  }

  private final RecoveryConfig config;
  private final String me;
  private final RandomGenerator random;
  private final Roster roster = new Roster();
  private final List<String> reasons = new ArrayList<>();

  private Stage stage = Stage.WAITING;
  private List<Neighbour> neighbours = List.of();
  private List<Peer> peers = List.of();
  private boolean plaza;
  private int held;
  private final Set<String> plazaAnswered = new LinkedHashSet<>();
  private final Set<String> plazaSilent = new LinkedHashSet<>();
  private int tries;
  private int rung = -1;
  private Work work;
  private int nextCall;
  private Instant now = Instant.EPOCH;

  /**
   * A recovery that has not begun.
   *
   * @param me this node's name: a subject of its own
   * @param random where what neighbours gave is checked
   */
  public RecoveryPlan(RecoveryConfig config, String me, RandomGenerator random) {
    this.config = config;
    this.me = me;
    this.random = random;
  }

  /** Tells what happened; answers what to do now. */
  public List<Command> on(Happening happening, Instant at) {
    if (stage == Stage.FINISHED) {
      return List.of();
    }
    now = at;
    List<Command> out = new ArrayList<>();
    switch (happening) {
      case Happening.Started started -> onStarted(out);
      case Happening.TimeCame time -> onTime(out);
      case Happening.Found found -> onFound(found, out);
      case Happening.CallEnded ended -> onCallEnded(ended, out);
      case Happening.ReconcileEnded ended -> onReconcileEnded(ended, out);
      case Happening.PlazaEnded ended -> onPlazaEnded(ended, out);
      case Happening.CheckpointsEnded ended -> onCheckpointsEnded(ended, out);
      case Happening.KeysSought sought -> onKeysSought(sought, out);
      case Happening.PingsSeeded seeded -> onPingsSeeded(seeded, out);
      case Happening.TookOver another -> {
        // What was decided stands, whoever carries it out.
      }
      case Happening.StopAsked stop -> end("stopped before it was done", out);
      case Happening.Broke broke -> onBroke(broke.what(), out);
    }
    return out;
  }

  /** Whether it is over. */
  public boolean finished() {
    return stage == Stage.FINISHED;
  }

  /** The label of the stage that is under way, for progress. */
  public String stageLabel() {
    return switch (stage) {
      case WAITING, DISCOVERING -> "discovery";
      case CALLING, ASKING_PLAZA -> config.ladder().get(rung).label();
      case SYNCING_CHECKPOINTS -> "checkpoints";
      case SEEKING_KEYS -> "keys";
      case SEEDING_PINGS -> "pings";
      case FINISHED -> "done";
    };
  }

  /** What is thought of a neighbour by its conduct so far. */
  Conduct conduct(String neighbour) {
    return roster.of(neighbour);
  }

  /** Calls of the present rung that have ended. */
  public int callsSettled() {
    return stage == Stage.CALLING ? work.settled() : 0;
  }

  /** Calls that the present rung has planned. */
  public int callsPlanned() {
    return stage == Stage.CALLING ? work.planned() : 0;
  }

  private void onStarted(List<Command> out) {
    out.add(new Command.Enter("discovery"));
    boolean wait = !config.gossip() && config.firstWait().isPositive();
    if (wait) {
      out.add(new Command.WaitUntil(now.plus(config.firstWait())));
    } else {
      discover(out);
    }
  }

  private void onTime(List<Command> out) {
    if (stage == Stage.WAITING) {
      discover(out);
    } else if (stage == Stage.CALLING) {
      work.woken();
      goOn(out);
    }
  }

  private void discover(List<Command> out) {
    stage = Stage.DISCOVERING;
    tries++;
    out.add(new Command.Discover());
  }

  private void onFound(Happening.Found found, List<Command> out) {
    if (stage != Stage.DISCOVERING) {
      return;
    }
    List<Neighbour> online = found.neighbours().stream().filter(Neighbour::online).toList();
    if (online.isEmpty() && tries < config.tries()) {
      stage = Stage.WAITING;
      Duration wait = config.retryWait().multipliedBy(1L << Math.min(tries - 1, 20));
      out.add(new Command.WaitUntil(now.plus(wait)));
      return;
    }
    reasons.addAll(found.troubles());
    if (online.isEmpty()) {
      reasons.add("no neighbour was found in " + tries + (tries == 1 ? " try" : " tries"));
      out.add(new Command.Leave("failed", reasons.get(reasons.size() - 1)));
      finish(out);
      return;
    }
    neighbours = online;
    plaza = found.plaza() && !config.readOnly();
    held = found.held();
    peers =
        online.stream()
            .filter(n -> !n.address().isEmpty())
            .limit(config.mode().maxNeighbours())
            .map(n -> new Peer(n.name(), n.address()))
            .toList();
    roster.enlist(
        online.stream()
            .filter(n -> peers.stream().anyMatch(p -> p.name().equals(n.name())))
            .toList());
    out.add(
        new Command.Leave(
            "complete", online.size() + " online, " + peers.size() + " with a mesh address"));
    climb(peers, out);
  }

  /** Tries the next rung with these peers. */
  private void climb(List<Peer> asked, List<Command> out) {
    rung++;
    if (rung == config.ladder().size()) {
      afterLadder(out);
      return;
    }
    Rung next = config.ladder().get(rung);
    out.add(new Command.Enter(next.label()));
    switch (next) {
      case RECONCILE -> reconcile(asked, out);
      case PAGES ->
          call(asked, () -> new PagesRung(asked, roster, config, me, random, nextCall), out);
      case SAMPLE -> call(asked, () -> samples(asked), out);
      case SLICES -> call(asked, () -> slices(asked), out);
      case PLAZA -> askPlaza(out);
    }
  }

  private void reconcile(List<Peer> asked, List<Command> out) {
    if (held < WORTH_COMPARING) {
      out.add(new Command.Leave("skipped", held + " events are held: too few to be compared"));
      climb(asked, out);
    } else {
      call(asked, () -> new ReconcileRung(asked, roster, config, nextCall), out);
    }
  }

  private void call(List<Peer> asked, Supplier<Work> begin, List<Command> out) {
    if (asked.isEmpty()) {
      out.add(new Command.Leave("skipped", "no neighbour with a mesh address"));
      climb(asked, out);
      return;
    }
    stage = Stage.CALLING;
    roster.forgive();
    work = begin.get();
    goOn(out);
  }

  private Round round(List<Peer> asked) {
    return new Round(asked, roster, nextCall, config.maxUnderWay(), config.callTries());
  }

  /** Capacity over page size calls, and at least one for each peer. */
  private Round samples(List<Peer> asked) {
    int size = Math.min(config.samplePage(), Query.MOST);
    int calls = Math.max(asked.size(), Math.ceilDiv(config.sampleCapacity(), size));
    Round samples = round(asked);
    for (int i = 0; i < calls; i++) {
      samples.deal(new Query.Sample(size, me, 0, Query.Filter.ALL), config.timeout(size));
    }
    return samples;
  }

  /**
   * As many events of each peer as the reference asks for, in slices that one answer can hold; and
   * without a subject filter, which would leave out everybody who is not here now.
   */
  private Round slices(List<Peer> asked) {
    int perPeer = Math.max(SLICE_LEAST, SLICES_CAPACITY / asked.size());
    int slicesPerPeer = Math.ceilDiv(perPeer, Query.MOST);
    int total = asked.size() * slicesPerPeer;
    int most = Math.ceilDiv(perPeer, slicesPerPeer);
    Round slices = round(asked);
    for (int i = 0; i < total; i++) {
      slices.deal(new Query.Slice(0, i, total, most, Query.Filter.ALL), config.timeout(most));
    }
    return slices;
  }

  private void onCallEnded(Happening.CallEnded ended, List<Command> out) {
    if (stage == Stage.CALLING && work.ended(ended.call(), ended.outcome())) {
      goOn(out);
    }
  }

  private void onReconcileEnded(Happening.ReconcileEnded ended, List<Command> out) {
    if (stage == Stage.CALLING && work.ended(ended.call(), ended.outcome())) {
      goOn(out);
    }
  }

  private void goOn(List<Command> out) {
    out.addAll(work.begin());
    nextCall = work.nextCall();
    if (!work.over()) {
      work.wakeAfter().ifPresent(wait -> out.add(new Command.WaitUntil(now.plus(wait))));
      return;
    }
    if (work.failed()) {
      out.add(new Command.Leave("failed", work.summary()));
      climb(peers, out);
      return;
    }
    List<Peer> unanswered = work.unanswered();
    boolean meshNext =
        rung + 1 < config.ladder().size() && config.ladder().get(rung + 1) != Rung.PLAZA;
    String loss = work.loss();
    if (!loss.isEmpty()) {
      reasons.add(config.ladder().get(rung).label() + ": " + loss);
    }
    out.add(
        new Command.Leave(
            unanswered.isEmpty() && loss.isEmpty() ? "complete" : "partial", work.summary()));
    if (!unanswered.isEmpty() && meshNext) {
      // Whoever could not answer this way may be able to answer the next.
      climb(unanswered, out);
    } else {
      afterLadder(out);
    }
  }

  private void askPlaza(List<Command> out) {
    if (!plaza) {
      out.add(new Command.Leave("skipped", config.readOnly() ? "read-only" : "no plaza"));
      climb(peers, out);
      return;
    }
    List<String> subjects = new ArrayList<>(neighbours.stream().map(Neighbour::name).toList());
    subjects.add(me);
    List<String> asked =
        neighbours.stream().map(Neighbour::name).limit(config.mode().maxPlazaNeighbours()).toList();
    stage = Stage.ASKING_PLAZA;
    out.add(new Command.AskPlaza(Partition.among(asked, subjects)));
  }

  /**
   * First each neighbour is asked about its part of those who are here, as the contract says; then
   * those who answered about everybody else, which nodes like this one can answer.
   */
  private void onPlazaEnded(Happening.PlazaEnded ended, List<Command> out) {
    if (stage != Stage.ASKING_PLAZA) {
      return;
    }
    if (plazaAnswered.isEmpty()) {
      onPresentAsked(ended.answered(), out);
    } else {
      leavePlaza(out);
    }
  }

  private void onPresentAsked(PlazaRequest.LedgersAnswered answered, List<Command> out) {
    answered.answers().forEach(answer -> plazaAnswered.add(answer.neighbour()));
    plazaSilent.addAll(answered.silent());
    String trouble = answered.trouble();
    if (!trouble.isEmpty()) {
      reasons.add("plaza: " + trouble);
    }
    if (plazaAnswered.isEmpty()) {
      leavePlaza(out);
      return;
    }
    Map<String, List<String>> everybody = new LinkedHashMap<>();
    plazaAnswered.forEach(name -> everybody.put(name, List.of(LedgerQuestion.EVERYBODY)));
    out.add(new Command.AskPlaza(everybody));
  }

  private void leavePlaza(List<Command> out) {
    plazaSilent.forEach(name -> reasons.add(name + " did not answer on the plaza"));
    int asked = plazaAnswered.size() + plazaSilent.size();
    out.add(
        new Command.Leave(
            plazaAnswered.isEmpty() ? "failed" : plazaSilent.isEmpty() ? "complete" : "partial",
            plazaAnswered.size() + " of " + asked + " answered"));
    if (plazaAnswered.isEmpty()) {
      climb(peers, out);
    } else {
      afterLadder(out);
    }
  }

  private void afterLadder(List<Command> out) {
    List<Peer> reachable = peers.stream().filter(p -> roster.answered(p.name())).toList();
    if (reachable.isEmpty()) {
      seekKeys(out);
      return;
    }
    stage = Stage.SYNCING_CHECKPOINTS;
    out.add(new Command.Enter("checkpoints"));
    out.add(new Command.SyncCheckpoints(reachable));
  }

  private void onCheckpointsEnded(Happening.CheckpointsEnded ended, List<Command> out) {
    if (stage != Stage.SYNCING_CHECKPOINTS) {
      return;
    }
    long failed = ended.synced().answers().stream().filter(a -> a.failures() > 0).count();
    if (!ended.synced().enough()) {
      ended.synced().answers().stream()
          .filter(a -> a.failures() > 0)
          .forEach(a -> reasons.add("checkpoints of " + a.peer() + ": " + a.reason()));
    }
    out.add(
        new Command.Leave(
            failed == 0 || ended.synced().enough() ? "complete" : "partial",
            ended.synced().answers().size() + " asked, " + failed + " with failures"));
    seekKeys(out);
  }

  private void seekKeys(List<Command> out) {
    stage = Stage.SEEKING_KEYS;
    out.add(new Command.Enter("keys"));
    out.add(new Command.SeekKeys(peers.stream().filter(p -> roster.answered(p.name())).toList()));
  }

  private void onKeysSought(Happening.KeysSought sought, List<Command> out) {
    if (stage != Stage.SEEKING_KEYS) {
      return;
    }
    out.add(
        new Command.Leave(
            "complete", sought.learned() + " of " + sought.asked() + " missing keys found"));
    seedPings(out);
  }

  private void seedPings(List<Command> out) {
    stage = Stage.SEEDING_PINGS;
    out.add(new Command.Enter("pings"));
    out.add(new Command.SeedPings());
  }

  private void onPingsSeeded(Happening.PingsSeeded seeded, List<Command> out) {
    if (stage == Stage.SEEDING_PINGS) {
      out.add(new Command.Leave("complete", seeded.targets() + " targets"));
      finish(out);
    }
  }

  /** What breaks costs the stage that asked for it; the ones after it may do very well. */
  private void onBroke(String what, List<Command> out) {
    if (stage == Stage.WAITING || stage == Stage.DISCOVERING) {
      end(what, out);
      return;
    }
    reasons.add(what);
    out.add(new Command.Leave("failed", what));
    switch (stage) {
      case CALLING -> climb(peers, out);
      case ASKING_PLAZA -> {
        if (plazaAnswered.isEmpty()) {
          climb(peers, out);
        } else {
          afterLadder(out);
        }
      }
      case SYNCING_CHECKPOINTS -> seekKeys(out);
      case SEEKING_KEYS -> seedPings(out);
      case WAITING, DISCOVERING, SEEDING_PINGS, FINISHED -> finish(out);
    }
  }

  private void end(String reason, List<Command> out) {
    reasons.add(reason);
    out.add(new Command.Leave("interrupted", reason));
    finish(out);
  }

  private void finish(List<Command> out) {
    stage = Stage.FINISHED;
    reasons.addAll(roster.complaints());
    Outcome outcome =
        !roster.anybodyAnswered() && plazaAnswered.isEmpty()
            ? Outcome.ISOLATED
            : reasons.isEmpty() ? Outcome.COMPLETE : Outcome.PARTIAL;
    if (outcome == Outcome.ISOLATED && reasons.isEmpty()) {
      reasons.add("no neighbour could be asked: none has a mesh address, and there is no plaza");
    }
    out.add(new Command.Finish(outcome, List.copyOf(reasons)));
  }
}
