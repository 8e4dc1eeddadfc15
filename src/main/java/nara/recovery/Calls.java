package nara.recovery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import nara.ledger.Query;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;

/**
 * The calls of a rung: those that wait and those that are under way, of which there are never more
 * than configured over all, nor more to one peer than its {@link Pace} allows.
 *
 * <p>A call is under way until its events are merged, so that what is held of answers is bounded
 * however slow the ledger is.
 */
final class Calls {
  /** What a call is for. */
  enum Purpose {
    MEASURE,
    KEYS,
    CHECKPOINTS,
    OWN,
    PROBE,
    MORE_KEYS,
    WALK,
    CHECK,
    PROVE
  }

  /**
   * One call.
   *
   * @param part which ruler, page or moment
   * @param about whom it tells of, where that is not the peer
   * @param stretch of a {@link Purpose#WALK}, else null
   * @param tries how often it has failed
   */
  record Call(
      Purpose purpose, Peer peer, int part, String about, Query query, Stretch stretch, int tries) {
    Call again(Peer by) {
      return new Call(purpose, by, part, about, query, stretch, tries + 1);
    }

    String name() {
      return peer.name();
    }
  }

  private final Roster roster;
  private final RecoveryConfig config;
  private final Deque<Call> waiting = new ArrayDeque<>();
  private final Map<Integer, Call> underWay = new LinkedHashMap<>();
  private final Map<String, Pace> paces = new HashMap<>();
  private int next;
  private int added;

  Calls(Roster roster, RecoveryConfig config, int first) {
    this.roster = roster;
    this.config = config;
    this.next = first;
  }

  void add(Call call) {
    waiting.add(call);
    added++;
  }

  /** Adds one that goes on with what its peer just answered. */
  void goOn(Call call) {
    waiting.addFirst(call);
  }

  void again(Call call, Peer by) {
    waiting.add(call.again(by));
  }

  /** Begins what waits, as far as there is room; what nobody can be asked for is left. */
  void begin(Predicate<String> able, Consumer<Call> left, List<Command> commands) {
    int rounds = waiting.size();
    for (int i = 0; i < rounds && underWay.size() < config.maxUnderWay(); i++) {
      Call call = waiting.poll();
      if (!able.test(call.name())) {
        left.accept(call);
      } else if (room(call.name())) {
        begin(call, commands);
      } else {
        waiting.add(call);
      }
    }
  }

  void begin(Call call, List<Command> commands) {
    underWay.put(next, call);
    int size =
        switch (call.query) {
          case Query.Page page -> page.size();
          case Query.Recent recent -> recent.limit();
          case Query.Slice slice -> slice.most();
          case Query.Sample sample -> sample.size();
        };
    commands.add(
        new Command.Fetch(
            next++, call.peer, call.query, config.timeout(size), roster.patience(call.peer)));
  }

  /** Whether there is room for one more to that peer. */
  boolean room(String name) {
    return underWay.size() < config.maxUnderWay()
        && underWay.values().stream().filter(call -> call.name().equals(name)).count()
            < pace(name).window();
  }

  /** Takes note of a call's end; empty when it is none of these. */
  Optional<Call> ended(int number, FetchOutcome outcome) {
    Optional<Call> call = Optional.ofNullable(underWay.remove(number));
    call.ifPresent(
        known -> {
          roster.ended(known.peer, outcome);
          switch (outcome) {
            case Fetched page -> pace(known.name()).answered(page.events(), page.took());
            case FetchFailed failed -> pace(known.name()).failed();
          }
        });
    return call;
  }

  /** Whether there is one like that, waiting or under way. */
  boolean any(Predicate<Call> like) {
    return waiting.stream().anyMatch(like) || underWay.values().stream().anyMatch(like);
  }

  boolean anyWaiting() {
    return !waiting.isEmpty();
  }

  Pace pace(String name) {
    return paces.computeIfAbsent(name, first -> new Pace());
  }

  /** The number that the next one will have. */
  int next() {
    return next;
  }

  /** How many there are but those that walk. */
  int added() {
    return added;
  }

  /** How many of those are over. */
  int settled() {
    Predicate<Call> other = call -> call.purpose != Purpose.WALK;
    return added
        - (int) waiting.stream().filter(other).count()
        - (int) underWay.values().stream().filter(other).count();
  }
}
