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
import nara.mesh.client.MeshRequest.Peer;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.LedgerRequestMessage;
import nara.recovery.PlanCommand.RecoveryOutcome;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.pages.PagesRung;

/**
 * The boot recovery as a state machine: it is told what happened and when, and answers with what to
 * do. It knows no sockets, no clock and no chance, so each story can be replayed.
 *
 * <p>looking → the rungs of the ladder → checkpoints → keys → pings → finished. However it goes,
 * {@link PlanCommand.Finish} comes exactly once, and nothing after it.
 */
public final class RecoveryPlan {
  /** Events that the slices rung asks for in all, as the reference does. */
  static final int SLICES_CAPACITY = 50_000;

  /** The least that a slice is asked for. */
  static final int MIN_SLICE_EVENTS_PER_PEER = 100;

  /** Events held from which on comparing them costs less than walking the neighbours. */
  static final int MIN_EVENTS_TO_RECONCILE = 1_000;

  private enum PlanState {
    WAITING,
    DISCOVERING,
    RUNNING_MESH_RUNG,
    RUNNING_PLAZA_RUNG,
    SYNCING_CHECKPOINTS,
    SEARCHING_KEYS,
    SEEDING_PINGS,
    FINISHED
  }

  private final RecoveryConfig config;
  private final String me;
  private final RandomGenerator random;
  private final PeerScores peerScores = new PeerScores();
  private final List<String> reasons = new ArrayList<>();

  private PlanState planState = PlanState.WAITING;
  private List<Neighbour> neighbours = List.of();
  private List<Peer> peers = List.of();
  private boolean plazaAvailable;
  private int ledgerSize;
  private final Set<String> plazaResponders = new LinkedHashSet<>();
  private final Set<String> plazaNonResponders = new LinkedHashSet<>();
  private int discoveryAttempts;
  private int rungIndex = -1;
  private RungExecution rungExecution;
  private int nextCallId;
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
  public List<PlanCommand> onEvent(RecoveryEvent recoveryEvent, Instant at) {
    if (planState == PlanState.FINISHED) {
      return List.of();
    }
    now = at;
    List<PlanCommand> out = new ArrayList<>();
    switch (recoveryEvent) {
      case RecoveryEvent.Started started -> onStarted(out);
      case RecoveryEvent.TimerFired time -> onTimerFired(out);
      case RecoveryEvent.NeighboursDiscovered neighboursDiscovered ->
          onNeighboursDiscovered(neighboursDiscovered, out);
      case RecoveryEvent.FetchEnded ended -> onFetchEnded(ended, out);
      case RecoveryEvent.ReconcileEnded ended -> onReconcileEnded(ended, out);
      case RecoveryEvent.PlazaEnded ended -> onPlazaEnded(ended, out);
      case RecoveryEvent.CheckpointsEnded ended -> onCheckpointsEnded(ended, out);
      case RecoveryEvent.KeySearchEnded sought -> onKeySearchEnded(sought, out);
      case RecoveryEvent.PingTimesSeeded seeded -> onPingTimesSeeded(seeded, out);
      case RecoveryEvent.LeaderChanged another -> {
        // What was decided stands, whoever carries it out.
      }
      case RecoveryEvent.StopRequested stop -> interrupt("stopped before it was done", out);
      case RecoveryEvent.StageFailed stageFailed -> onStageFailed(stageFailed.reason(), out);
    }
    return out;
  }

  /** Whether it is over. */
  public boolean finished() {
    return planState == PlanState.FINISHED;
  }

  /** The label of the stage that is under way, for progress. */
  public String stageLabel() {
    return switch (planState) {
      case WAITING, DISCOVERING -> "discovery";
      case RUNNING_MESH_RUNG, RUNNING_PLAZA_RUNG -> config.ladder().get(rungIndex).label();
      case SYNCING_CHECKPOINTS -> "checkpoints";
      case SEARCHING_KEYS -> "keys";
      case SEEDING_PINGS -> "pings";
      case FINISHED -> "done";
    };
  }

  /** What is thought of a neighbour by its conduct so far. */
  PeerScore peerScore(String neighbour) {
    return peerScores.of(neighbour);
  }

  /** Calls of the present rung that have ended. */
  public int callsCompleted() {
    return planState == PlanState.RUNNING_MESH_RUNG ? rungExecution.completedCalls() : 0;
  }

  /** Calls that the present rung has planned. */
  public int callsPlanned() {
    return planState == PlanState.RUNNING_MESH_RUNG ? rungExecution.plannedCalls() : 0;
  }

  private void onStarted(List<PlanCommand> out) {
    out.add(new PlanCommand.EnterStage("discovery"));
    boolean wait = !config.gossip() && config.firstWait().isPositive();
    if (wait) {
      out.add(new PlanCommand.WaitUntil(now.plus(config.firstWait())));
    } else {
      discover(out);
    }
  }

  private void onTimerFired(List<PlanCommand> out) {
    if (planState == PlanState.WAITING) {
      discover(out);
    } else if (planState == PlanState.RUNNING_MESH_RUNG) {
      rungExecution.onTimerFired();
      continueRung(out);
    }
  }

  private void discover(List<PlanCommand> out) {
    planState = PlanState.DISCOVERING;
    discoveryAttempts++;
    out.add(new PlanCommand.StartDiscovery());
  }

  private void onNeighboursDiscovered(
      RecoveryEvent.NeighboursDiscovered neighboursDiscovered, List<PlanCommand> out) {
    if (planState != PlanState.DISCOVERING) {
      return;
    }
    List<Neighbour> online =
        neighboursDiscovered.neighbours().stream().filter(Neighbour::online).toList();
    if (online.isEmpty() && discoveryAttempts < config.tries()) {
      planState = PlanState.WAITING;
      Duration wait = config.retryWait().multipliedBy(1L << Math.min(discoveryAttempts - 1, 20));
      out.add(new PlanCommand.WaitUntil(now.plus(wait)));
      return;
    }
    reasons.addAll(neighboursDiscovered.warnings());
    if (online.isEmpty()) {
      reasons.add(
          "no neighbour was found in "
              + discoveryAttempts
              + (discoveryAttempts == 1 ? " try" : " tries"));
      out.add(new PlanCommand.LeaveStage("failed", reasons.get(reasons.size() - 1)));
      finish(out);
      return;
    }
    neighbours = online;
    plazaAvailable = neighboursDiscovered.plazaAvailable() && !config.readOnly();
    ledgerSize = neighboursDiscovered.ledgerSize();
    peers =
        online.stream()
            .filter(n -> !n.address().isEmpty())
            .limit(config.mode().maxNeighbours())
            .map(n -> new Peer(n.name(), n.address()))
            .toList();
    peerScores.add(
        online.stream()
            .filter(n -> peers.stream().anyMatch(p -> p.name().equals(n.name())))
            .toList());
    out.add(
        new PlanCommand.LeaveStage(
            "complete", online.size() + " online, " + peers.size() + " with a mesh address"));
    startNextRung(peers, out);
  }

  /** Tries the next rung with these peers. */
  private void startNextRung(List<Peer> rungPeers, List<PlanCommand> out) {
    rungIndex++;
    if (rungIndex == config.ladder().size()) {
      afterLadder(out);
      return;
    }
    Rung next = config.ladder().get(rungIndex);
    out.add(new PlanCommand.EnterStage(next.label()));
    switch (next) {
      case RECONCILE -> reconcile(rungPeers, out);
      case PAGES ->
          startMeshRung(
              rungPeers,
              () -> new PagesRung(rungPeers, peerScores, config, me, random, nextCallId),
              out);
      case SAMPLE -> startMeshRung(rungPeers, () -> samplePool(rungPeers), out);
      case SLICES -> startMeshRung(rungPeers, () -> slicePool(rungPeers), out);
      case PLAZA -> fetchFromPlaza(out);
    }
  }

  private void reconcile(List<Peer> rungPeers, List<PlanCommand> out) {
    if (ledgerSize < MIN_EVENTS_TO_RECONCILE) {
      out.add(
          new PlanCommand.LeaveStage(
              "skipped", ledgerSize + " events are held: too few to be compared"));
      startNextRung(rungPeers, out);
    } else {
      startMeshRung(
          rungPeers, () -> new ReconcileRung(rungPeers, peerScores, config, nextCallId), out);
    }
  }

  private void startMeshRung(
      List<Peer> rungPeers, Supplier<RungExecution> execution, List<PlanCommand> out) {
    if (rungPeers.isEmpty()) {
      out.add(new PlanCommand.LeaveStage("skipped", "no neighbour with a mesh address"));
      startNextRung(rungPeers, out);
      return;
    }
    planState = PlanState.RUNNING_MESH_RUNG;
    peerScores.resetFailures();
    rungExecution = execution.get();
    continueRung(out);
  }

  private CallPool emptyPool(List<Peer> rungPeers) {
    return new CallPool(
        rungPeers, peerScores, nextCallId, config.maxInFlight(), config.callTries());
  }

  /** Capacity over page size calls, and at least one for each peer. */
  private CallPool samplePool(List<Peer> rungPeers) {
    int size = Math.min(config.samplePage(), Query.MAX_EVENTS);
    int calls = Math.max(rungPeers.size(), Math.ceilDiv(config.sampleCapacity(), size));
    CallPool samples = emptyPool(rungPeers);
    for (int i = 0; i < calls; i++) {
      samples.add(new Query.Sample(size, me, 0, Query.Filter.ALL), config.timeout(size));
    }
    return samples;
  }

  /**
   * As many events of each peer as the reference asks for, in slices that one answer can hold; and
   * without a subject filter, which would leave out everybody who is not here now.
   */
  private CallPool slicePool(List<Peer> rungPeers) {
    int perPeer = Math.max(MIN_SLICE_EVENTS_PER_PEER, SLICES_CAPACITY / rungPeers.size());
    int slicesPerPeer = Math.ceilDiv(perPeer, Query.MAX_EVENTS);
    int total = rungPeers.size() * slicesPerPeer;
    int limit = Math.ceilDiv(perPeer, slicesPerPeer);
    CallPool slices = emptyPool(rungPeers);
    for (int i = 0; i < total; i++) {
      slices.add(new Query.Slice(0, i, total, limit, Query.Filter.ALL), config.timeout(limit));
    }
    return slices;
  }

  private void onFetchEnded(RecoveryEvent.FetchEnded ended, List<PlanCommand> out) {
    if (planState == PlanState.RUNNING_MESH_RUNG
        && rungExecution.onCallEnded(ended.callId(), ended.outcome())) {
      continueRung(out);
    }
  }

  private void onReconcileEnded(RecoveryEvent.ReconcileEnded ended, List<PlanCommand> out) {
    if (planState == PlanState.RUNNING_MESH_RUNG
        && rungExecution.onCallEnded(ended.callId(), ended.outcome())) {
      continueRung(out);
    }
  }

  private void continueRung(List<PlanCommand> out) {
    out.addAll(rungExecution.startCalls());
    nextCallId = rungExecution.nextCallId();
    if (!rungExecution.finished()) {
      rungExecution
          .timerDelay()
          .ifPresent(wait -> out.add(new PlanCommand.WaitUntil(now.plus(wait))));
      return;
    }
    if (rungExecution.failed()) {
      out.add(new PlanCommand.LeaveStage("failed", rungExecution.summary()));
      startNextRung(peers, out);
      return;
    }
    List<Peer> remaining = rungExecution.peersForNextRung();
    boolean nextRungUsesMesh =
        rungIndex + 1 < config.ladder().size() && config.ladder().get(rungIndex + 1) != Rung.PLAZA;
    String loss = rungExecution.lossDescription();
    if (!loss.isEmpty()) {
      reasons.add(config.ladder().get(rungIndex).label() + ": " + loss);
    }
    out.add(
        new PlanCommand.LeaveStage(
            remaining.isEmpty() && loss.isEmpty() ? "complete" : "partial",
            rungExecution.summary()));
    if (!remaining.isEmpty() && nextRungUsesMesh) {
      // Whoever could not answer this way may be able to answer the next.
      startNextRung(remaining, out);
    } else {
      afterLadder(out);
    }
  }

  private void fetchFromPlaza(List<PlanCommand> out) {
    if (!plazaAvailable) {
      out.add(new PlanCommand.LeaveStage("skipped", config.readOnly() ? "read-only" : "no plaza"));
      startNextRung(peers, out);
      return;
    }
    List<String> subjects = new ArrayList<>(neighbours.stream().map(Neighbour::name).toList());
    subjects.add(me);
    List<String> asked =
        neighbours.stream().map(Neighbour::name).limit(config.mode().maxPlazaNeighbours()).toList();
    planState = PlanState.RUNNING_PLAZA_RUNG;
    out.add(new PlanCommand.FetchFromPlaza(SubjectPartitioner.assign(asked, subjects)));
  }

  /**
   * First each neighbour is asked about its part of those who are here, as the contract says; then
   * those who answered about everybody else, which nodes like this one can answer.
   */
  private void onPlazaEnded(RecoveryEvent.PlazaEnded ended, List<PlanCommand> out) {
    if (planState != PlanState.RUNNING_PLAZA_RUNG) {
      return;
    }
    if (plazaResponders.isEmpty()) {
      onFirstPlazaRound(ended.result(), out);
    } else {
      leavePlazaRung(out);
    }
  }

  private void onFirstPlazaRound(PlazaRequest.LedgersFetched answered, List<PlanCommand> out) {
    answered.responses().forEach(answer -> plazaResponders.add(answer.neighbour()));
    plazaNonResponders.addAll(answered.unanswered());
    String trouble = answered.error();
    if (!trouble.isEmpty()) {
      reasons.add("plaza: " + trouble);
    }
    if (plazaResponders.isEmpty()) {
      leavePlazaRung(out);
      return;
    }
    Map<String, List<String>> everybody = new LinkedHashMap<>();
    plazaResponders.forEach(name -> everybody.put(name, List.of(LedgerRequestMessage.EVERYBODY)));
    out.add(new PlanCommand.FetchFromPlaza(everybody));
  }

  private void leavePlazaRung(List<PlanCommand> out) {
    plazaNonResponders.forEach(name -> reasons.add(name + " did not answer on the plaza"));
    int asked = plazaResponders.size() + plazaNonResponders.size();
    out.add(
        new PlanCommand.LeaveStage(
            plazaResponders.isEmpty()
                ? "failed"
                : plazaNonResponders.isEmpty() ? "complete" : "partial",
            plazaResponders.size() + " of " + asked + " answered"));
    if (plazaResponders.isEmpty()) {
      startNextRung(peers, out);
    } else {
      afterLadder(out);
    }
  }

  private void afterLadder(List<PlanCommand> out) {
    List<Peer> reachable = peers.stream().filter(p -> peerScores.hasResponded(p.name())).toList();
    if (reachable.isEmpty()) {
      searchKeys(out);
      return;
    }
    planState = PlanState.SYNCING_CHECKPOINTS;
    out.add(new PlanCommand.EnterStage("checkpoints"));
    out.add(new PlanCommand.SyncCheckpoints(reachable));
  }

  private void onCheckpointsEnded(RecoveryEvent.CheckpointsEnded ended, List<PlanCommand> out) {
    if (planState != PlanState.SYNCING_CHECKPOINTS) {
      return;
    }
    long failed = ended.result().peerResults().stream().filter(a -> a.failures() > 0).count();
    if (!ended.result().enoughPeers()) {
      ended.result().peerResults().stream()
          .filter(a -> a.failures() > 0)
          .forEach(a -> reasons.add("checkpoints of " + a.peer() + ": " + a.reason()));
    }
    out.add(
        new PlanCommand.LeaveStage(
            failed == 0 || ended.result().enoughPeers() ? "complete" : "partial",
            ended.result().peerResults().size() + " asked, " + failed + " with failures"));
    searchKeys(out);
  }

  private void searchKeys(List<PlanCommand> out) {
    planState = PlanState.SEARCHING_KEYS;
    out.add(new PlanCommand.EnterStage("keys"));
    out.add(
        new PlanCommand.SearchKeys(
            peers.stream().filter(p -> peerScores.hasResponded(p.name())).toList()));
  }

  private void onKeySearchEnded(RecoveryEvent.KeySearchEnded sought, List<PlanCommand> out) {
    if (planState != PlanState.SEARCHING_KEYS) {
      return;
    }
    out.add(
        new PlanCommand.LeaveStage(
            "complete",
            sought.keysLearned() + " of " + sought.namesQueried() + " missing keys found"));
    seedPingTimes(out);
  }

  private void seedPingTimes(List<PlanCommand> out) {
    planState = PlanState.SEEDING_PINGS;
    out.add(new PlanCommand.EnterStage("pings"));
    out.add(new PlanCommand.SeedPingTimes());
  }

  private void onPingTimesSeeded(RecoveryEvent.PingTimesSeeded seeded, List<PlanCommand> out) {
    if (planState == PlanState.SEEDING_PINGS) {
      out.add(new PlanCommand.LeaveStage("complete", seeded.targets() + " targets"));
      finish(out);
    }
  }

  /** What breaks costs the stage that asked for it; the ones after it may do very well. */
  private void onStageFailed(String reason, List<PlanCommand> out) {
    if (planState == PlanState.WAITING || planState == PlanState.DISCOVERING) {
      interrupt(reason, out);
      return;
    }
    reasons.add(reason);
    out.add(new PlanCommand.LeaveStage("failed", reason));
    switch (planState) {
      case RUNNING_MESH_RUNG -> startNextRung(peers, out);
      case RUNNING_PLAZA_RUNG -> {
        if (plazaResponders.isEmpty()) {
          startNextRung(peers, out);
        } else {
          afterLadder(out);
        }
      }
      case SYNCING_CHECKPOINTS -> searchKeys(out);
      case SEARCHING_KEYS -> seedPingTimes(out);
      case WAITING, DISCOVERING, SEEDING_PINGS, FINISHED -> finish(out);
    }
  }

  private void interrupt(String reason, List<PlanCommand> out) {
    reasons.add(reason);
    out.add(new PlanCommand.LeaveStage("interrupted", reason));
    finish(out);
  }

  private void finish(List<PlanCommand> out) {
    planState = PlanState.FINISHED;
    reasons.addAll(peerScores.failureSummaries());
    RecoveryOutcome recoveryOutcome =
        !peerScores.anyResponded() && plazaResponders.isEmpty()
            ? RecoveryOutcome.ISOLATED
            : reasons.isEmpty() ? RecoveryOutcome.COMPLETE : RecoveryOutcome.PARTIAL;
    if (recoveryOutcome == RecoveryOutcome.ISOLATED && reasons.isEmpty()) {
      reasons.add("no neighbour could be asked: none has a mesh address, and there is no plaza");
    }
    out.add(new PlanCommand.Finish(recoveryOutcome, List.copyOf(reasons)));
  }
}
