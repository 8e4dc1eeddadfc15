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
import nara.checkpoint.CheckpointRequest;
import nara.discovery.Neighbour;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.ReconcileOutcome;
import nara.plaza.PlazaRequest;
import nara.trust.TrustRequest;

/**
 * Plays a recovery against made-up neighbours: carries out the plan's commands at once, one after
 * the other, and remembers what it was told to do.
 */
final class Story {
  static final Instant START = Instant.parse("2026-11-22T20:00:00Z");

  /** All that happened, as a leader of a cluster notes it. */
  final List<SharedWork.Noted> heard = new ArrayList<>();

  final List<Command> told = new ArrayList<>();
  final List<Command.Fetch> fetches = new ArrayList<>();
  final List<String> stages = new ArrayList<>();
  final Map<String, Integer> asked = new TreeMap<>();
  Command.Finish finish;
  Duration waited = Duration.ZERO;
  int underWayAtMost;

  private final RecoveryPlan plan;
  private final Deque<List<Neighbour>> discoveries = new ArrayDeque<>();
  private List<String> troubles = List.of();
  private boolean plaza;
  private List<String> plazaAnswers = List.of();
  private BiFunction<String, Query, FetchOutcome> mesh = (peer, query) -> brought(10);
  private Function<String, ReconcileOutcome> reconciling =
      peer -> new MeshRequest.NotReconciled(MeshFailure.UNSUPPORTED, "answers 404");
  private int held;
  private Instant now = START;

  Story(RecoveryConfig config) {
    plan = new RecoveryPlan(config, "me", new SplittableRandom(1));
  }

  /** Each discovery finds the next of these; the last one again and again. */
  Story finding(List<Neighbour> first, List<Neighbour> second) {
    discoveries.add(first);
    return finding(second);
  }

  Story finding(List<Neighbour> found) {
    discoveries.add(found);
    return this;
  }

  Story withTroubles(String... sentences) {
    troubles = List.of(sentences);
    return this;
  }

  Story withPlazaWhere(String... answering) {
    plaza = true;
    plazaAnswers = List.of(answering);
    return this;
  }

  Story answering(BiFunction<String, Query, FetchOutcome> peers) {
    mesh = peers;
    return this;
  }

  /** Holds so many events before, and compares them with peers to that end. */
  Story holding(int events, Function<String, ReconcileOutcome> compared) {
    held = events;
    reconciling = compared;
    return this;
  }

  Story play() {
    Deque<Happening> pending = new ArrayDeque<>();
    pending.add(new Happening.Started(1));
    int underWay = 0;
    while (!pending.isEmpty()) {
      Happening happening = pending.poll();
      underWay -= happening instanceof Happening.CallEnded ? 1 : 0;
      List<Command> commands = plan.on(happening, now);
      heard.add(new SharedWork.Noted(now, happening, Course.fetches(commands)));
      for (Command command : commands) {
        told.add(command);
        underWay += command instanceof Command.Fetch ? 1 : 0;
        react(command, pending);
      }
      underWayAtMost = Math.max(underWayAtMost, underWay);
    }
    return this;
  }

  private void react(Command command, Deque<Happening> pending) {
    switch (command) {
      case Command.WaitUntil wait -> {
        waited = waited.plus(Duration.between(now, wait.time()));
        now = wait.time();
        pending.add(new Happening.TimeCame());
      }
      case Command.Discover discover -> {
        List<Neighbour> found = discoveries.size() > 1 ? discoveries.poll() : discoveries.peek();
        pending.add(new Happening.Found(found, troubles, plaza, held));
      }
      case Command.Fetch fetch -> {
        fetches.add(fetch);
        asked.merge(fetch.peer().name(), 1, Integer::sum);
        pending.add(
            new Happening.CallEnded(fetch.call(), mesh.apply(fetch.peer().name(), fetch.query())));
      }
      case Command.Reconcile reconcile ->
          pending.add(
              new Happening.ReconcileEnded(
                  reconcile.call(), reconciling.apply(reconcile.peer().name())));
      case Command.AskPlaza ask -> {
        List<PlazaRequest.LedgerAnswer> answers =
            ask.subjectsByNeighbour().keySet().stream()
                .filter(plazaAnswers::contains)
                .map(name -> new PlazaRequest.LedgerAnswer(name, 100, 1, offered(1)))
                .toList();
        Set<String> silent = new TreeSet<>(ask.subjectsByNeighbour().keySet());
        silent.removeAll(plazaAnswers);
        pending.add(
            new Happening.PlazaEnded(new PlazaRequest.LedgersAnswered(answers, silent, "")));
      }
      case Command.SyncCheckpoints sync ->
          pending.add(
              new Happening.CheckpointsEnded(new CheckpointRequest.Synced(List.of(), false)));
      case Command.SeekKeys seek -> pending.add(new Happening.KeysSought(0, 0));
      case Command.SeedPings seed -> pending.add(new Happening.PingsSeeded(0));
      case Command.Enter enter -> stages.add(enter.stage());
      case Command.Leave leave ->
          stages.set(stages.size() - 1, stages.get(stages.size() - 1) + " " + leave.outcome());
      case Command.Finish finished -> finish = finished;
    }
  }

  /** What the plan answers to something that comes after all else. */
  List<Command> then(Happening happening) {
    return plan.on(happening, now);
  }

  static List<Neighbour> neighbours(String... names) {
    return Arrays.stream(names).map(name -> neighbour(name, "127.0.0.1:9000")).toList();
  }

  static Neighbour neighbour(String name, String address) {
    return new Neighbour(
        name, "", address, Optional.empty(), Set.of(Neighbour.Source.CONFIGURED), true);
  }

  static FetchOutcome brought(int events) {
    return new MeshRequest.Fetched(
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
  static ReconcileOutcome compared(int lacking, String trouble) {
    return new MeshRequest.Reconciled(
        trouble, 1, 1, 300 + 64L * lacking, 475L * lacking, lacking, 0, 0, offered(lacking));
  }

  static FetchOutcome failed(MeshFailure failure) {
    return new MeshRequest.FetchFailed(failure, "it is " + failure);
  }

  private static TrustRequest.Offered offered(int events) {
    return new TrustRequest.Offered(events, events, 0, 0, 0, 0, Map.of(), Set.of());
  }
}
