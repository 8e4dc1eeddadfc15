package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.Neighbour;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.wire.MeshFailure;
import nara.mqtt.PlazaRequest;
import nara.recovery.PlanCommand.StartFetch;
import nara.trust.KeySearch;
import nara.trust.TrustRequest;

/**
 * Plays a recovery against made-up neighbours: carries out the plan's commands at once, one after
 * the other, and remembers what it was told to do.
 */
final class RecoveryScenario {
  static final Instant START = Instant.parse("2026-11-22T20:00:00Z");

  /** All that happened, as a leader of a cluster notes it. */
  final List<ClusterWorkRequest.ReplayLogEntry> recordedEvents = new ArrayList<>();

  final List<PlanCommand> executedCommands = new ArrayList<>();
  final List<StartFetch> fetches = new ArrayList<>();
  final List<String> stages = new ArrayList<>();
  final Map<String, Integer> requestsByPeer = new TreeMap<>();
  PlanCommand.Finish finish;
  Duration totalWait = Duration.ZERO;
  int maxInFlight;

  private final RecoveryPlan plan;

  /** When discovery started, in seconds since the start. */
  final List<Long> looks = new ArrayList<>();

  private final Deque<List<Neighbour>> late = new ArrayDeque<>();
  private List<Neighbour> found = List.of();
  private final Deque<List<Neighbour>> discoveries = new ArrayDeque<>();
  private List<String> troubles = List.of();
  private boolean plaza;
  private List<String> plazaAnswers = List.of();
  private String emptyOnPlaza = "";
  private CheckpointSyncRequest.SyncResult checkpoints =
      new CheckpointSyncRequest.SyncResult(List.of(), false);
  private KeySearch.KeySearchResult keySearch = KeySearch.KeySearchResult.NONE;
  private BiFunction<String, Query, FetchOutcome> mesh = (peer, query) -> fetched(10);
  private Function<String, ReconcileOutcome> reconciling =
      peer -> new MeshRequest.ReconcileFailed(MeshFailure.UNSUPPORTED, "answers 404");
  private int held;
  private Instant now = START;

  RecoveryScenario(RecoveryConfig config) {
    plan = new RecoveryPlan(config, "me", new SplittableRandom(1));
  }

  /** Each discovery finds the next of these; the last one again and again. */
  RecoveryScenario discovering(List<Neighbour> first, List<Neighbour> second) {
    discoveries.add(first);
    return discovering(second);
  }

  RecoveryScenario discovering(List<Neighbour> found) {
    discoveries.add(found);
    return this;
  }

  RecoveryScenario withTroubles(String... sentences) {
    troubles = List.of(sentences);
    return this;
  }

  /** What is known after each pass. */
  @SafeVarargs
  final RecoveryScenario findingLater(List<Neighbour>... afterPasses) {
    for (List<Neighbour> known : afterPasses) {
      late.add(known);
    }
    return this;
  }

  RecoveryScenario withPlazaAnswering(String... answering) {
    plaza = true;
    plazaAnswers = List.of(answering);
    return this;
  }

  RecoveryScenario withEmptyPlazaAnswersOf(String answering) {
    emptyOnPlaza = answering;
    return this;
  }

  /** The checkpoints of a peer come without a failed request, but not to their end. */
  RecoveryScenario leavingCheckpointsOf(String peer, String reason) {
    checkpoints =
        new CheckpointSyncRequest.SyncResult(
            List.of(
                new CheckpointSyncRequest.PeerSyncResult(
                    peer, 12, 0, false, reason, 5_000, 12, TrustRequest.OfferResult.NONE)),
            false);
    return this;
  }

  /** So many events wait at the end for keys that nobody gave. */
  RecoveryScenario waitingForKeys(int events, Map<String, Integer> byName) {
    TrustRequest.OfferResult offer =
        new TrustRequest.OfferResult(events, 0, 0, 0, events, 0, Map.of(), Set.of());
    keySearch = new KeySearch.KeySearchResult(byName.size(), 0, offer, Map.of(), byName);
    return this;
  }

  RecoveryScenario answering(BiFunction<String, Query, FetchOutcome> peers) {
    mesh = peers;
    return this;
  }

  /** Holds so many events before, and compares them with peers to that end. */
  RecoveryScenario holding(int events, Function<String, ReconcileOutcome> compared) {
    held = events;
    reconciling = compared;
    return this;
  }

  RecoveryScenario run() {
    Deque<RecoveryEvent> pending = new ArrayDeque<>();
    pending.add(new RecoveryEvent.Started(1));
    int underWay = 0;
    while (!pending.isEmpty()) {
      RecoveryEvent event = pending.poll();
      underWay -= event instanceof RecoveryEvent.FetchEnded ? 1 : 0;
      List<PlanCommand> planCommands = plan.onEvent(event, now);
      recordedEvents.add(
          new ClusterWorkRequest.ReplayLogEntry(
              now, event, RecoveryReplay.fetchesIn(planCommands)));
      for (PlanCommand command : planCommands) {
        executedCommands.add(command);
        underWay += command instanceof StartFetch ? 1 : 0;
        react(command, pending);
      }
      maxInFlight = Math.max(maxInFlight, underWay);
    }
    return this;
  }

  private void react(PlanCommand command, Deque<RecoveryEvent> pending) {
    switch (command) {
      case PlanCommand.WaitUntil wait -> {
        totalWait = totalWait.plus(Duration.between(now, wait.time()));
        now = wait.time();
        pending.add(new RecoveryEvent.TimerFired());
      }
      case PlanCommand.StartDiscovery discovery -> {
        looks.add(Duration.between(START, now).toSeconds());
        found = discoveries.size() > 1 ? discoveries.poll() : discoveries.peek();
        pending.add(new RecoveryEvent.NeighboursDiscovered(found, troubles, plaza, held));
      }
      case PlanCommand.FindFurther further -> {
        found = late.isEmpty() ? found : late.poll();
        pending.add(new RecoveryEvent.NeighboursDiscovered(found, troubles, plaza, held));
      }
      case StartFetch fetch -> {
        fetches.add(fetch);
        requestsByPeer.merge(fetch.peer().name(), 1, Integer::sum);
        pending.add(
            new RecoveryEvent.FetchEnded(
                fetch.callId(), mesh.apply(fetch.peer().name(), fetch.query()), ""));
      }
      case PlanCommand.StartReconcile reconcile ->
          pending.add(
              new RecoveryEvent.ReconcileEnded(
                  reconcile.callId(), reconciling.apply(reconcile.peer().name())));
      case PlanCommand.FetchFromPlaza ask -> {
        List<PlazaRequest.NeighbourResponse> answers =
            ask.subjectsByNeighbour().keySet().stream()
                .filter(plazaAnswers::contains)
                .map(this::plazaResponse)
                .toList();
        Set<String> silent = new TreeSet<>(ask.subjectsByNeighbour().keySet());
        silent.removeAll(plazaAnswers);
        pending.add(
            new RecoveryEvent.PlazaEnded(new PlazaRequest.LedgersFetched(answers, silent, "")));
      }
      case PlanCommand.SyncCheckpoints sync ->
          pending.add(new RecoveryEvent.CheckpointsEnded(checkpoints));
      case PlanCommand.SearchKeys seek -> pending.add(new RecoveryEvent.KeySearchEnded(keySearch));
      case PlanCommand.SeedPingTimes seed -> pending.add(new RecoveryEvent.PingTimesSeeded(0));
      case PlanCommand.EnterStage enterStage -> stages.add(enterStage.stage());
      case PlanCommand.LeaveStage leaveStage ->
          stages.set(stages.size() - 1, stages.get(stages.size() - 1) + " " + leaveStage.outcome());
      case PlanCommand.Finish finished -> finish = finished;
    }
  }

  private PlazaRequest.NeighbourResponse plazaResponse(String name) {
    int events = name.equals(emptyOnPlaza) ? 0 : 1;
    return new PlazaRequest.NeighbourResponse(name, 100, events, offered(events));
  }

  /** The names of the configured peers that gave nothing. */
  List<String> failedPeers() {
    return plan.failedPeers().stream().map(MeshRequest.Peer::name).toList();
  }

  /** What the plan answers to something that comes after all else. */
  List<PlanCommand> apply(RecoveryEvent event) {
    return plan.onEvent(event, now);
  }

  static List<Neighbour> neighbours(String... names) {
    return Arrays.stream(names).map(name -> neighbour(name, "127.0.0.1:9000")).toList();
  }

  static Neighbour neighbour(String name, String address) {
    return new Neighbour(
        name, "", address, Optional.empty(), Set.of(Neighbour.Source.CONFIGURED), true);
  }

  static FetchOutcome fetched(int events) {
    return new MeshRequest.PageFetched(
        events * 475L,
        events,
        1,
        2,
        Optional.empty(),
        false,
        List.of(),
        offered(events),
        Duration.ZERO);
  }

  /** Compared to the end, when there is no trouble. */
  static ReconcileOutcome reconciled(int lacking, String trouble) {
    return new MeshRequest.PeerReconciled(
        trouble, 1, 1, 300 + 64L * lacking, 475L * lacking, lacking, 0, 0, offered(lacking));
  }

  static FetchOutcome failed(MeshFailure failure) {
    return new MeshRequest.FetchFailed(failure, "it is " + failure);
  }

  private static TrustRequest.OfferResult offered(int events) {
    return new TrustRequest.OfferResult(events, events, 0, 0, 0, 0, Map.of(), Set.of());
  }
}
