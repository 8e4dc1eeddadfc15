package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.mqtt.PlazaRequest;
import nara.recovery.PlanCommand.RecoveryOutcome;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.RecoveryRequest.AwaitedPeer;
import nara.recovery.pages.PagesRung;
import nara.recovery.plaza.PlazaResults;
import nara.recovery.plaza.SubjectPartitioner;
import nara.trust.KeySearch;

/**
 * The boot recovery as a state machine: each event leads to commands. It uses no sockets and no
 * clock, so tests and new leaders can replay it.
 *
 * <pre>
 * WAITING ⇄ DISCOVERING → RUNNING_MESH_RUNG ⇄ RUNNING_PLAZA_RUNG ⇄ FINDING_FURTHER
 *     → SYNCING_CHECKPOINTS → SEARCHING_KEYS → SEEDING_PINGS → FINISHED
 * </pre>
 *
 * <p>The first pass asks the neighbours that are known first, without waiting for other sources.
 * Neighbours that come meanwhile are asked in further passes, each with the whole ladder. So are
 * {@link LateResponders}, at the latest before the recovery finishes. While only silent neighbours
 * are known, newcomers join their pass, which begins again.
 *
 * <p>A recovery without neighbours goes from DISCOVERING to FINISHED, and a stop leads there from
 * any state. {@link PlanCommand.Finish} comes exactly once, and no command after it.
 */
public final class RecoveryPlan {
  private enum PlanState {
    WAITING,
    DISCOVERING,
    RUNNING_MESH_RUNG,
    RUNNING_PLAZA_RUNG,
    FINDING_FURTHER,
    SYNCING_CHECKPOINTS,
    SEARCHING_KEYS,
    SEEDING_PINGS,
    FINISHED
  }

  private final RecoveryConfig config;
  private final String me;
  private final RandomGenerator random;
  private final PeerScores scores = new PeerScores();
  private final List<String> reasons = new ArrayList<>();

  /** The reasons of the stages after the last ladder. */
  private final List<String> closingReasons = new ArrayList<>();

  private final PlazaResults plaza = new PlazaResults();

  /** Those that responded in a mesh rung, and of which the next rung had nothing to ask. */
  private final Set<String> readOverMesh = new HashSet<>();

  private PlanState state = PlanState.WAITING;
  private String stage = "discovery";

  /** The neighbours of this pass. */
  private List<Neighbour> neighbours = List.of();

  /** The peers of all passes, those of each pass in order of preference. */
  private final List<Peer> peers = new ArrayList<>();

  private final LateResponders lateResponders = new LateResponders();

  /** Peers that sent nothing during a whole rung that fetches events. */
  private final Set<String> silentThroughRung = new HashSet<>();

  /** The problems of the sources, from the last discovery. */
  private List<String> sourceProblems = List.of();

  private final NewcomerLimits newcomerLimits = new NewcomerLimits();

  private Instant started = Instant.EPOCH;

  /** The end of the current try; until then the discovery is repeated. */
  private Instant tryEnd = Instant.EPOCH;

  private int tries;
  private int looks;
  private boolean stopped;

  /** Stopped while neighbours were online. */
  private boolean interrupted;

  /** Events that the rungs so far could not get, in words; a later rung may get them. */
  private final List<String> openLosses = new ArrayList<>();

  private final Set<String> peersWithoutKeys = new TreeSet<>();
  private List<Peer> rungPeers = List.of();
  private boolean plazaAvailable;
  private int ledgerSize;

  /** The number of events in the ledger before the first pass. */
  private int ledgerSizeBefore;

  /** Events that came new into the ledger. */
  private long addedEvents;

  private int rungIndex = -1;
  private RungExecution rung;

  /** The peers of the calls in flight, by call. */
  private final Map<Integer, String> openCalls = new HashMap<>();

  /** A rung that waits for lost peers while neighbours that came later are asked; null if none. */
  private SuspendedRung suspended;

  /** Whether the plan has asked for newcomers while a rung waits for lost or silent peers. */
  private boolean findsNewcomers;

  /** Whether neighbours may have appeared while no peer of the rung had sent anything. */
  private boolean newcomersAppeared;

  private record SuspendedRung(
      RungExecution rung,
      String stage,
      int index,
      List<Peer> peers,
      List<Peer> awaited,
      List<Neighbour> neighbours) {}

  private int nextCallId;

  /** The time of the current event, and the commands that it leads to. */
  private Instant now = Instant.EPOCH;

  private List<PlanCommand> commands = List.of();

  /** A recovery that has not started; {@code random} chooses where spot checks look. */
  public RecoveryPlan(RecoveryConfig config, String me, RandomGenerator random) {
    this.config = config;
    this.me = me;
    this.random = random;
  }

  /** Returns the commands to execute because of an event. */
  public List<PlanCommand> onEvent(RecoveryEvent event, Instant at) {
    commands = new ArrayList<>();
    now = at;
    if (!finished()) {
      handle(event);
    }
    return commands;
  }

  private void handle(RecoveryEvent event) {
    addedEvents += added(event);
    if (newcomerLimits.isTooLate(now)) {
      scores.endLateTime();
    }
    switch (event) {
      case RecoveryEvent.Started started -> onStarted();
      case RecoveryEvent.TimerFired fired -> onTimerFired();
      case RecoveryEvent.NeighboursDiscovered found -> onNeighboursDiscovered(found);
      case RecoveryEvent.NeighbourAppeared appeared -> onNeighbourAppeared();
      case RecoveryEvent.FetchEnded ended ->
          onCallEnded(
              ended.callId(),
              each -> each.onCallEnded(ended.callId(), ended.outcome()),
              ended.outcome() instanceof MeshRequest.PageFetched);
      case RecoveryEvent.ReconcileEnded ended ->
          onCallEnded(
              ended.callId(),
              each -> each.onCallEnded(ended.callId(), ended.outcome()),
              ended.outcome() instanceof MeshRequest.PeerReconciled);
      case RecoveryEvent.PlazaEnded ended -> onPlazaEnded(ended.result());
      case RecoveryEvent.CheckpointsEnded ended -> onCheckpointsEnded(ended.result());
      case RecoveryEvent.KeySearchEnded ended -> onKeySearchEnded(ended.result());
      case RecoveryEvent.PingTimesSeeded seeded -> onPingTimesSeeded(seeded.targets());
      case RecoveryEvent.LeaderChanged changed -> onLeaderChanged();
      case RecoveryEvent.StopRequested stop -> onStopRequested(stop.online());
      case RecoveryEvent.StageFailed failed -> onStageFailed(failed.reason());
    }
  }

  private static long added(RecoveryEvent event) {
    return switch (event) {
      case RecoveryEvent.FetchEnded ended ->
          ended.outcome() instanceof MeshRequest.PageFetched page ? page.offerResult().added() : 0;
      case RecoveryEvent.ReconcileEnded ended ->
          ended.outcome() instanceof MeshRequest.PeerReconciled reconciled
              ? reconciled.offerResult().added()
              : 0;
      case RecoveryEvent.PlazaEnded ended ->
          ended.result().responses().stream().mapToLong(each -> each.offerResult().added()).sum();
      case RecoveryEvent.CheckpointsEnded ended ->
          ended.result().peerResults().stream().mapToLong(each -> each.offerResult().added()).sum();
      case RecoveryEvent.KeySearchEnded ended -> ended.result().offerResult().added();
      case RecoveryEvent.Started started -> 0;
      case RecoveryEvent.NeighboursDiscovered discovered -> 0;
      case RecoveryEvent.NeighbourAppeared appeared -> 0;
      case RecoveryEvent.TimerFired fired -> 0;
      case RecoveryEvent.PingTimesSeeded seeded -> 0;
      case RecoveryEvent.LeaderChanged changed -> 0;
      case RecoveryEvent.StopRequested requested -> 0;
      case RecoveryEvent.StageFailed failed -> 0;
    };
  }

  /** Whether the plan has returned {@link PlanCommand.Finish}; it ignores later events. */
  public boolean finished() {
    return state == PlanState.FINISHED;
  }

  /** Whether the plan waits for a neighbour: for the first one, or for lost or silent ones only. */
  boolean waitsForNeighbours() {
    return state == PlanState.WAITING
        || onlyAwaitsLostPeers()
        || (onlyAwaitsSilentPeers() && !newcomersAppeared);
  }

  /** Whether no peer of the rung has sent anything yet. */
  private boolean onlyAwaitsSilentPeers() {
    return state == PlanState.RUNNING_MESH_RUNG
        && suspended == null
        && rungPeers.stream().noneMatch(peer -> scores.of(peer.name()).hasSentAnything());
  }

  /** Whether the rung has nothing to do but to wait for lost peers. */
  boolean onlyAwaitsLostPeers() {
    return state == PlanState.RUNNING_MESH_RUNG
        && rungPeers.stream().anyMatch(peer -> scores.of(peer.name()).awaited())
        && openCalls.values().stream().allMatch(name -> scores.of(name).awaited());
  }

  /** How often neighbours were asked. */
  int passes() {
    return newcomerLimits.passes();
  }

  /** Whether neighbours answered, and each of them only with errors. */
  boolean onlyRefused() {
    return !scores.anyResponded() && !plaza.anyResponded() && scores.anyHasSentAnything();
  }

  /** The name of the current stage, for progress. */
  public String stageLabel() {
    return finished() ? "done" : stage;
  }

  PeerScore peerScore(String neighbour) {
    return scores.of(neighbour);
  }

  public int callsCompleted() {
    return state == PlanState.RUNNING_MESH_RUNG ? rung.completedCalls() : 0;
  }

  /** The events that are still to come in this rung, at least; empty while this is unknown. */
  public OptionalLong remainingEvents() {
    return state == PlanState.RUNNING_MESH_RUNG ? rung.remainingEvents() : OptionalLong.empty();
  }

  /** The peers with requests in flight, and the lost ones that the rung waits for, by name. */
  List<AwaitedPeer> awaitedPeers() {
    Map<String, Integer> requests = new TreeMap<>();
    openCalls.values().forEach(name -> requests.merge(name, 1, Integer::sum));
    if (state == PlanState.RUNNING_MESH_RUNG) {
      rungPeers.stream()
          .map(Peer::name)
          .filter(name -> scores.of(name).awaited())
          .forEach(name -> requests.putIfAbsent(name, 0));
    }
    return requests.entrySet().stream()
        .limit(RecoveryRequest.MAX_AWAITED)
        .map(e -> new AwaitedPeer(e.getKey(), e.getValue(), scores.of(e.getKey()).awaited()))
        .toList();
  }

  public int callsPlanned() {
    return state == PlanState.RUNNING_MESH_RUNG ? rung.plannedCalls() : 0;
  }

  /** Ids are unique over all rungs, so that a late outcome never ends a call of another rung. */
  private int newCallId() {
    return nextCallId++;
  }

  private void enter(String next) {
    stage = next;
    commands.add(new PlanCommand.EnterStage(stage));
  }

  private void leave(String outcome, String reason) {
    commands.add(new PlanCommand.LeaveStage(stage, outcome, reason));
  }

  // Discovery.

  private void onStarted() {
    enter("discovery");
    started = now;
    scores.setDeadline(now.plus(config.deadline()));
    tryEnd = config.gossip() ? now : now.plus(config.firstWait());
    discover();
  }

  private void onTimerFired() {
    if (state == PlanState.WAITING) {
      discover();
    } else if (state == PlanState.RUNNING_MESH_RUNG) {
      rung.onTimerFired();
      continueMeshRung();
    }
  }

  private void onNeighbourAppeared() {
    if (state == PlanState.WAITING) {
      discover();
    } else if (onlyAwaitsLostPeers()) {
      findNewcomers();
    } else if (onlyAwaitsSilentPeers()) {
      newcomersAppeared = true;
      findNewcomersInsteadOfSilentPeers();
    }
  }

  private void findNewcomers() {
    if (!findsNewcomers && suspended == null && newcomerLimits.mayHaveMorePasses()) {
      findsNewcomers = true;
      commands.add(
          new PlanCommand.FindFurther(
              askedNames(), Duration.ZERO, RecoveryLimits.LEAST_SOURCES_WAIT));
    }
  }

  /** Looks for newcomers once all peers of the rung have been silent for a stall timeout. */
  private void findNewcomersInsteadOfSilentPeers() {
    if (newcomersAppeared
        && onlyAwaitsSilentPeers()
        && rungPeers.stream().allMatch(peer -> scores.of(peer.name()).silent())) {
      findNewcomers();
    }
  }

  /**
   * The former leader's search for newcomers and timers are lost, so the rung begins them again.
   */
  private void onLeaderChanged() {
    if (onlyAwaitsLostPeers() || onlyAwaitsSilentPeers()) {
      findsNewcomers = false;
      rung.onResumed();
      continueMeshRung();
    }
  }

  /** Asks the newcomers now, before the rung goes on with its lost or silent peers. */
  private void onNewcomers(List<Neighbour> online) {
    newcomersAppeared = false;
    List<Neighbour> newcomers = unasked(online);
    if (newcomers.isEmpty()) {
      return;
    }
    if (onlyAwaitsLostPeers()) {
      suspendRung(newcomers);
    } else if (onlyAwaitsSilentPeers()) {
      leave("failed", rung.summary() + "; others have come");
      enter("discovery");
      List<Neighbour> all = new ArrayList<>(neighbours);
      all.addAll(newcomers);
      startPass(all);
    }
  }

  /** The rung goes on with its lost peers after the newcomers. */
  private void suspendRung(List<Neighbour> newcomers) {
    List<Peer> awaited =
        rungPeers.stream().filter(peer -> scores.of(peer.name()).awaited()).toList();
    suspended = new SuspendedRung(rung, stage, rungIndex, rungPeers, awaited, neighbours);
    leave("partial", rung.summary() + "; others have come, and are asked first");
    enter("discovery");
    startPass(newcomers);
  }

  private void resumeSuspendedRung() {
    SuspendedRung before = suspended;
    suspended = null;
    newcomerLimits.pause(now);
    neighbours = before.neighbours();
    rungPeers = before.peers();
    rungIndex = before.index();
    rung = before.rung();
    enter(before.stage());
    state = PlanState.RUNNING_MESH_RUNG;
    before.awaited().stream()
        .map(peer -> scores.of(peer.name()))
        .filter(PeerScore::lost)
        .forEach(PeerScore::await);
    rung.onResumed();
    continueMeshRung();
  }

  private void discover() {
    state = PlanState.DISCOVERING;
    looks++;
    commands.add(new PlanCommand.StartDiscovery());
  }

  private void onNeighboursDiscovered(RecoveryEvent.NeighboursDiscovered found) {
    boolean duringRung = state == PlanState.RUNNING_MESH_RUNG && findsNewcomers;
    findsNewcomers = false;
    if (state != PlanState.DISCOVERING && state != PlanState.FINDING_FURTHER && !duringRung) {
      return;
    }
    sourceProblems = found.warnings();
    plazaAvailable = found.plazaAvailable() && !config.readOnly();
    ledgerSize = found.ledgerSize();
    ledgerSizeBefore = passes() == 0 ? ledgerSize : ledgerSizeBefore;
    List<Neighbour> online = found.neighbours().stream().filter(Neighbour::online).toList();
    if (duringRung) {
      onNewcomers(online);
    } else if (state == PlanState.FINDING_FURTHER) {
      onFurtherNeighbours(online);
    } else if (online.isEmpty()) {
      onNobodyFound(found.running());
    } else {
      startPass(online);
    }
  }

  /** Looks again until the try is over; the last try waits until all sources have replied. */
  private void onNobodyFound(boolean running) {
    Instant nextLook = now.plus(lookWait());
    if (now.isBefore(tryEnd)) {
      waitForNeighbours(nextLook.isBefore(tryEnd) ? nextLook : tryEnd);
      return;
    }
    if (running) {
      waitForNeighbours(nextLook);
      return;
    }
    tries++;
    if (tries < config.tries()) {
      int doublings = Math.min(tries - 1, RecoveryLimits.MAX_DISCOVERY_DOUBLINGS);
      tryEnd = now.plus(config.retryWait().multipliedBy(1L << doublings));
      waitForNeighbours(nextLook.isBefore(tryEnd) ? nextLook : tryEnd);
      return;
    }
    reasons.add("no neighbour was found in %d %s".formatted(tries, tries == 1 ? "try" : "tries"));
    leave("failed", reasons.getLast());
    finish();
  }

  private Duration lookWait() {
    int doublings = Math.min(looks - 1, RecoveryLimits.MAX_DISCOVERY_DOUBLINGS);
    Duration wait = RecoveryLimits.FIRST_LOOK_WAIT.multipliedBy(1L << doublings);
    return wait.compareTo(RecoveryLimits.MAX_LOOK_WAIT) < 0 ? wait : RecoveryLimits.MAX_LOOK_WAIT;
  }

  private void waitForNeighbours(Instant until) {
    state = PlanState.WAITING;
    commands.add(new PlanCommand.WaitUntil(until));
  }

  private void startPass(List<Neighbour> newcomers) {
    // Neighbours may have appeared since the discovery replied.
    newcomersAppeared = true;
    neighbours = newcomers;
    rungIndex = -1;
    plaza.onPass();
    List<Peer> added =
        PeerOrder.of(
            newcomers.stream()
                .filter(neighbour -> !neighbour.address().isEmpty())
                .map(
                    neighbour ->
                        new Peer(
                            neighbour.name(),
                            neighbour.address(),
                            neighbour.sources().contains(Neighbour.Source.CONFIGURED)))
                .toList(),
            random);
    added.forEach(peer -> scores.of(peer.name()));
    newcomerLimits.onPass(added, now);
    if (passes() > 1 && anyResponded()) {
      added.stream()
          .filter(peer -> !peer.configured())
          .forEach(peer -> scores.of(peer.name()).onCameLate());
    }
    added.stream().filter(peer -> !peers.contains(peer)).forEach(peers::add);
    lateResponders.onAsked(newcomers);
    String found =
        "%d %s, %d with a mesh address"
            .formatted(newcomers.size(), passes() == 1 ? "online" : "more online", added.size());
    leave("complete", passes() == 1 ? found : "pass %d: %s".formatted(passes(), found));
    startNextRung(added);
  }

  /** Neighbours that came since the pass began. */
  private void findFurther() {
    if (!newcomerLimits.mayHaveMorePasses()) {
      syncCheckpoints();
      return;
    }
    stage = "further";
    state = PlanState.FINDING_FURTHER;
    Duration announcements =
        config.firstWait().compareTo(RecoveryLimits.ANNOUNCEMENT_WAIT) < 0
            ? config.firstWait()
            : RecoveryLimits.ANNOUNCEMENT_WAIT;
    commands.add(
        new PlanCommand.FindFurther(
            askedNames(),
            timeLeft(announcements, Duration.ZERO),
            timeLeft(RecoveryLimits.SOURCES_WAIT, RecoveryLimits.LEAST_SOURCES_WAIT)));
  }

  private boolean anyResponded() {
    return scores.anyResponded() || plaza.anyResponded();
  }

  private Set<String> askedNames() {
    return peers.stream().map(Peer::name).collect(Collectors.toSet());
  }

  /** The neighbours with a mesh address that this recovery had to ask, in all passes. */
  List<Peer> peers() {
    return List.copyOf(peers);
  }

  /** The configured peers that were asked and gave nothing. Dropped peers are left out. */
  List<Peer> failedPeers() {
    return peers.stream()
        .filter(Peer::configured)
        .filter(peer -> scores.of(peer.name()).gaveNothing() && !plaza.hasGiven(peer.name()))
        .toList();
  }

  private Duration timeLeft(Duration sinceStart, Duration least) {
    Duration left = Duration.between(now, started.plus(sinceStart));
    return left.compareTo(least) < 0 ? least : left;
  }

  private void onFurtherNeighbours(List<Neighbour> online) {
    List<Neighbour> newcomers = new ArrayList<>(unasked(online));
    newcomers.addAll(takeLateResponders());
    if (newcomers.isEmpty()) {
      syncCheckpoints();
    } else {
      enter("discovery");
      startPass(newcomers);
    }
  }

  private List<Neighbour> takeLateResponders() {
    return newcomerLimits.mayHaveMorePasses() ? lateResponders.take(scores) : List.of();
  }

  private List<Neighbour> unasked(List<Neighbour> online) {
    Set<String> asked = askedNames();
    return online.stream()
        // Events mention hundreds of naras; the asked neighbours hold the events of these.
        .filter(each -> !each.address().isEmpty() && !each.isHearsay())
        .filter(each -> !asked.contains(each.name()))
        .filter(each -> newcomerLimits.mayBeAsked(each, now))
        .toList();
  }

  // The ladder.

  private void startNextRung(List<Peer> remaining) {
    rungPeers = remaining.stream().filter(peer -> mayBeAskedByNextRung(peer.name())).toList();
    rungIndex++;
    if (rungIndex == config.ladder().size()) {
      leaveLadder();
      return;
    }
    Rung next = config.ladder().get(rungIndex);
    enter(next.label());
    switch (next) {
      case RECONCILE -> {
        if (ledgerSize < RecoveryLimits.MIN_EVENTS_TO_RECONCILE) {
          skipRung("too few events to compare: " + ledgerSize);
        } else {
          startMeshRung(() -> new ReconcileRung(rungPeers, scores, config, this::newCallId));
        }
      }
      case PAGES ->
          startMeshRung(
              () -> new PagesRung(rungPeers, scores, config, me, random, this::newCallId));
      case SAMPLE ->
          startMeshRung(() -> new SampleRung(rungPeers, scores, config, me, this::newCallId));
      case SLICES ->
          startMeshRung(() -> new SlicesRung(rungPeers, scores, config, this::newCallId));
      case PLAZA -> startPlazaRung();
    }
  }

  /** Once others have responded, one rung is enough for a silent peer. */
  private boolean mayBeAskedByNextRung(String peer) {
    PeerScore score = scores.of(peer);
    return !score.lateWithoutResult()
        && !(anyResponded() && score.silent() && silentThroughRung.contains(peer));
  }

  private void startMeshRung(Supplier<RungExecution> newRung) {
    if (rungPeers.isEmpty()) {
      skipRung(
          neighbours.stream().allMatch(neighbour -> neighbour.address().isEmpty())
              ? "no neighbour with a mesh address"
              : "the neighbours sent nothing");
      return;
    }
    state = PlanState.RUNNING_MESH_RUNG;
    scores.resetFailures();
    rung = newRung.get();
    continueMeshRung();
  }

  private void skipRung(String reason) {
    leave("skipped", reason);
    startNextRung(rungPeers);
  }

  private void onCallEnded(int callId, Predicate<RungExecution> callEnded, boolean responded) {
    String peer = openCalls.remove(callId);
    if (state == PlanState.RUNNING_MESH_RUNG && callEnded.test(rung)) {
      continueMeshRung();
      findNewcomersInsteadOfSilentPeers();
    } else if ((suspended == null || !callEnded.test(suspended.rung()))
        && responded
        && peer != null) {
      lateResponders.onResponse(peer);
    }
  }

  private void continueMeshRung() {
    List<PlanCommand> started = rung.startCalls(now);
    for (PlanCommand command : started) {
      if (command instanceof PlanCommand.PeerCall call) {
        openCalls.put(call.callId(), call.peer().name());
      }
    }
    commands.addAll(started);
    if (rung.finished()) {
      leaveMeshRung();
    } else if (onlyAwaitsLostPeers()) {
      // Newcomers may have appeared before the last peer was lost.
      findNewcomers();
    }
  }

  /**
   * Hands the missing events to the next rung. After a failed rung, it asks all peers. After a
   * partial rung, it asks only the peers that may hold missing events: they may respond better to
   * other requests. A rung that leaves nothing open ends the ladder.
   */
  private void leaveMeshRung() {
    peersWithoutKeys.addAll(rung.peersWithoutKeys());
    if (config.ladder().get(rungIndex) != Rung.RECONCILE) {
      rungPeers.stream()
          .map(Peer::name)
          .filter(name -> scores.of(name).silent())
          .forEach(silentThroughRung::add);
    }
    List<Peer> remaining = rung.failed() ? rungPeers : rung.peersForNextRung();
    rungPeers.stream()
        .filter(peer -> !remaining.contains(peer))
        .map(Peer::name)
        .filter(name -> scores.of(name).hasResponded())
        .forEach(readOverMesh::add);
    String loss = rung.lossDescription();
    boolean complete = remaining.isEmpty() && loss.isEmpty();
    leave(rung.failed() ? "failed" : complete ? "complete" : "partial", rung.summary());
    if (complete) {
      openLosses.clear();
      plaza.closeGaps(readOverMesh);
      leaveLadder();
      return;
    }
    if (!loss.isEmpty() && scores.anyResponded()) {
      openLosses.add(stage + ": " + loss);
    } else if (!rung.failed()) {
      addUnread(remaining);
    }
    if (remaining.isEmpty()) {
      leaveLadder();
    } else {
      startNextRung(remaining);
    }
  }

  /** Peers whose last call failed are left out: another reason names them already. */
  private void addUnread(List<Peer> some) {
    String names =
        some.stream()
            .map(Peer::name)
            .filter(name -> scores.of(name).failureSummary().isEmpty())
            .collect(Collectors.joining(", "));
    if (!names.isEmpty()) {
      openLosses.add(stage + ": more events may be held by " + names);
    }
  }

  private void startPlazaRung() {
    if (!plazaAvailable) {
      skipRung(config.readOnly() ? "read-only" : "no plaza");
      return;
    }
    List<String> names = neighbours.stream().map(Neighbour::name).toList();
    List<String> subjects = new ArrayList<>(names);
    subjects.add(me);
    state = PlanState.RUNNING_PLAZA_RUNG;
    List<String> asked = names.stream().limit(config.maxPlazaNeighbours()).toList();
    commands.add(new PlanCommand.FetchFromPlaza(SubjectPartitioner.assign(asked, subjects)));
  }

  private void onPlazaEnded(PlazaRequest.LedgersFetched fetched) {
    if (state != PlanState.RUNNING_PLAZA_RUNG) {
      return;
    }
    boolean first = !plaza.responded();
    boolean last = plaza.onRound(fetched);
    if (first && !fetched.error().isEmpty()) {
      reasons.add("plaza: " + fetched.error());
    }
    if (last) {
      leavePlazaRung();
    } else {
      commands.add(new PlanCommand.FetchFromPlaza(plaza.secondRound()));
    }
  }

  private void leavePlazaRung() {
    boolean complete = plaza.endPass();
    leave(!plaza.responded() ? "failed" : complete ? "complete" : "partial", plaza.summary());
    afterPlazaRung();
  }

  private void afterPlazaRung() {
    if (plaza.responded()) {
      leaveLadder();
    } else {
      startNextRung(rungPeers);
    }
  }

  // The stages after the ladder.

  private List<Peer> respondedPeers() {
    return peers.stream().filter(peer -> scores.of(peer.name()).hasResponded()).toList();
  }

  private void leaveLadder() {
    reasons.addAll(openLosses);
    openLosses.clear();
    if (suspended != null) {
      resumeSuspendedRung();
      return;
    }
    findFurther();
  }

  private void syncCheckpoints() {
    if (respondedPeers().isEmpty()) {
      searchKeys();
      return;
    }
    enter("checkpoints");
    state = PlanState.SYNCING_CHECKPOINTS;
    commands.add(new PlanCommand.SyncCheckpoints(respondedPeers()));
  }

  private void onCheckpointsEnded(CheckpointSyncRequest.SyncResult result) {
    if (state != PlanState.SYNCING_CHECKPOINTS) {
      return;
    }
    List<String> failures =
        result.peerResults().stream()
            .filter(peer -> !peer.whole())
            .map(peer -> "checkpoints of " + peer.peer() + ": " + peer.reason())
            .toList();
    boolean complete = result.enoughPeers() || failures.isEmpty();
    if (!complete) {
      closingReasons.addAll(failures);
    }
    leave(
        complete ? "complete" : "partial",
        result.peerResults().size() + " asked, " + failures.size() + " with failures");
    searchKeys();
  }

  private void searchKeys() {
    enter("keys");
    state = PlanState.SEARCHING_KEYS;
    commands.add(new PlanCommand.SearchKeys(respondedPeers()));
  }

  private void onKeySearchEnded(KeySearch.KeySearchResult result) {
    if (state == PlanState.SEARCHING_KEYS) {
      int waiting = result.offerResult().quarantined();
      if (waiting > 0 && !peersWithoutKeys.isEmpty()) {
        closingReasons.add(
            "keys: %d events wait for keys, and %s did not give the announcements"
                .formatted(waiting, String.join(", ", peersWithoutKeys)));
      }
      String found = result.keysLearned() + " of " + result.namesQueried() + " missing keys found";
      WaitingEvents waitingEvents = new WaitingEvents(result);
      boolean lacksKeys = waitingEvents.lackKeys(ledgerSizeBefore + addedEvents);
      if (lacksKeys) {
        closingReasons.add(waitingEvents.keylessReason());
      }
      if (!result.contested().isEmpty()) {
        closingReasons.add(waitingEvents.contestedReason());
        found += ", " + result.contested().size() + " contested";
      }
      leave(lacksKeys || !result.contested().isEmpty() ? "partial" : "complete", found);
      seedPingTimes();
    }
  }

  private void seedPingTimes() {
    enter("pings");
    state = PlanState.SEEDING_PINGS;
    commands.add(new PlanCommand.SeedPingTimes());
  }

  private void onPingTimesSeeded(int targets) {
    if (state == PlanState.SEEDING_PINGS) {
      leave("complete", targets + " targets");
      List<Neighbour> late = takeLateResponders();
      if (late.isEmpty()) {
        finish();
      } else {
        closingReasons.clear();
        enter("discovery");
        startPass(late);
      }
    }
  }

  /** A failure of this node ends the current stage, and the next one starts. */
  private void onStageFailed(String reason) {
    if (state == PlanState.WAITING || state == PlanState.DISCOVERING) {
      interrupt(reason);
      return;
    }
    if (state == PlanState.RUNNING_MESH_RUNG && findsNewcomers) {
      // The rung goes on; the newcomers wait for its end.
      findsNewcomers = false;
      return;
    }
    reasons.add(reason);
    if (state == PlanState.FINDING_FURTHER) {
      syncCheckpoints();
      return;
    }
    leave("failed", reason);
    switch (state) {
      case RUNNING_MESH_RUNG -> startNextRung(rungPeers);
      case RUNNING_PLAZA_RUNG -> afterPlazaRung();
      case SYNCING_CHECKPOINTS -> searchKeys();
      case SEARCHING_KEYS -> seedPingTimes();
      case WAITING, DISCOVERING, FINDING_FURTHER, SEEDING_PINGS, FINISHED -> finish();
    }
  }

  private void interrupt(String reason) {
    reasons.addAll(openLosses);
    reasons.add(reason);
    leave("interrupted", reason);
    finish();
  }

  /** A neighbour that is online has answered, though this node has not asked it for events. */
  private void onStopRequested(int online) {
    stopped = true;
    interrupted = online > 0 || !neighbours.isEmpty();
    interrupt("the node stopped during the recovery");
  }

  private void finish() {
    state = PlanState.FINISHED;
    boolean responded = anyResponded();
    if (interrupted && !responded) {
      reasons.add("neighbours are online, and none had given events yet");
    }
    List<String> all = new ArrayList<>(sourceProblems);
    all.addAll(reasons);
    all.addAll(plaza.gaps());
    all.addAll(closingReasons);
    all.addAll(scores.failureSummaries());
    boolean isolated = !responded && !interrupted;
    if (isolated && stopped) {
      all.add("no neighbour was found until then");
    }
    if (isolated && all.isEmpty()) {
      all.add("no neighbour could be asked: none has a mesh address, and there is no plaza");
    }
    RecoveryOutcome end = all.isEmpty() ? RecoveryOutcome.COMPLETE : RecoveryOutcome.PARTIAL;
    RecoveryOutcome outcome = isolated ? RecoveryOutcome.ISOLATED : end;
    commands.add(new PlanCommand.Finish(outcome, List.copyOf(all)));
  }
}
