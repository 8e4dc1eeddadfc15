package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.Stated;
import nara.trust.TrustRequest;

/**
 * Peers with ledgers, who answer as the reference does, cutting equal times apart; and one node
 * that recovers from them by the pages rung. Without sockets and without time: what stalls is told
 * of when nothing else is left.
 */
final class Network {
  /** What a peer does to an answer of its own. */
  interface Spoiler {
    FetchOutcome spoil(String peer, Query query, FetchOutcome answer);
  }

  static final String ME = "me";

  /** What is held in the end; whether with its signature. */
  final Map<EventId, Boolean> held = new HashMap<>();

  /** Events that nobody signed as they are. */
  final Set<EventId> forged = new HashSet<>();

  /** Events that this peer alone gives in a forged form. */
  final Map<String, Set<EventId>> forgedBy = new HashMap<>();

  /** Events that this peer gives without their signatures. */
  final Map<String, Set<EventId>> strippedBy = new HashMap<>();

  /** Events that this peer does not give in pages of over 200. */
  private final Map<String, Set<EventId>> keptBackBy = new HashMap<>();

  /** Peers that never answer. */
  final Set<String> silent = new HashSet<>();

  /** How many events are held at the most; the oldest go. */
  int memory = Integer.MAX_VALUE;

  private final NavigableSet<Stated> byAge =
      new TreeSet<>(
          Comparator.comparingLong(Stated::ts).thenComparing(event -> event.id().toString()));

  final Set<EventId> announcements = new HashSet<>();
  final Set<EventId> checkpoints = new HashSet<>();
  final Set<EventId> mine = new HashSet<>();

  final Map<String, Integer> calls = new HashMap<>();
  final List<Command.Fetch> asked = new ArrayList<>();
  final Roster roster = new Roster();
  long fetched;
  int underWayAtMost;

  private final Map<String, List<Stated>> ledgers = new LinkedHashMap<>();
  private Spoiler spoiler = (peer, query, answer) -> answer;
  private long nextId = 1;

  /** Makes events of these times, in nanoseconds after a moment of November 2023. */
  List<Stated> events(int count, LongUnaryOperator time) {
    List<Stated> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long id = nextId++;
      events.add(
          new Stated(
              1_700_000_000_000_000_000L + time.applyAsLong(i),
              new EventId(id * 0x9E3779B97F4A7C15L, id)));
    }
    return events;
  }

  void peer(String name, List<Stated> events) {
    List<Stated> ledger = new ArrayList<>(events);
    ledger.sort(Comparator.comparingLong(Stated::ts));
    ledgers.put(name, ledger);
  }

  void keptBackBy(String peer, EventId event) {
    keptBackBy.computeIfAbsent(peer, first -> new HashSet<>()).add(event);
  }

  void spoiling(Spoiler how) {
    spoiler = how;
  }

  /** All that anybody holds. */
  Set<EventId> union() {
    Set<EventId> union = new HashSet<>();
    ledgers.values().forEach(ledger -> ledger.forEach(event -> union.add(event.id())));
    return union;
  }

  PagesRung recover(RecoveryConfig config) {
    List<Peer> peers =
        ledgers.keySet().stream().map(name -> new Peer(name, "127.0.0.1:1")).toList();
    PagesRung rung = new PagesRung(peers, roster, config, ME, new SplittableRandom(5), 0);
    Deque<Command.Fetch> underWay = new ArrayDeque<>();
    Deque<Command.Fetch> stalling = new ArrayDeque<>();
    int turns = 0;
    boolean wake = false;
    do {
      for (Command command : rung.begin()) {
        Command.Fetch fetch = (Command.Fetch) command;
        asked.add(fetch);
        calls.merge(fetch.peer().name(), 1, Integer::sum);
        (silent.contains(fetch.peer().name()) ? stalling : underWay).add(fetch);
      }
      underWayAtMost = Math.max(underWayAtMost, underWay.size() + stalling.size());
      wake |= rung.wakeAfter().isPresent();
      Command.Fetch fetch = underWay.poll();
      if (fetch != null) {
        rung.ended(fetch.call(), answer(fetch.peer().name(), fetch.query()));
      } else if (wake) {
        wake = false;
        rung.woken();
      } else if (!stalling.isEmpty() && !rung.over()) {
        rung.ended(
            stalling.poll().call(),
            new MeshRequest.FetchFailed(MeshFailure.STALLED, "no byte for 2s"));
      }
      assertThat(turns++).isLessThan(10_000);
    } while (!rung.over());
    assertThat(underWay).isEmpty();
    assertThat(underWayAtMost).isLessThanOrEqualTo(config.maxUnderWay());
    assertThat(rung.summary()).isNotEmpty();
    assertThat(rung.settled()).isLessThanOrEqualTo(rung.planned());
    return rung;
  }

  /** Holds these from the beginning. */
  void holding(List<Stated> events) {
    for (Stated event : events) {
      held.put(event.id(), true);
      byAge.add(event);
    }
  }

  /** Whether the memory has room for it, if need be after the oldest has gone. */
  private boolean stays(Stated event) {
    if (memory == Integer.MAX_VALUE) {
      return true;
    }
    if (byAge.size() >= memory) {
      if (byAge.first().ts() >= event.ts()) {
        return false;
      }
      held.remove(byAge.pollFirst().id());
    }
    return byAge.add(event);
  }

  FetchOutcome answer(String peer, Query query) {
    List<Stated> passing = ledgers.get(peer);
    if (!query.filter().equals(Query.Filter.ALL)) {
      passing = passing.stream().filter(event -> passes(event, query)).toList();
    }
    FetchOutcome answer =
        switch (query) {
          case Query.Page page -> page(peer, page, passing);
          case Query.Slice slice -> fetched(peer, slice(slice, passing), Optional.empty());
          case Query.Recent recent -> throw new AssertionError(recent);
          case Query.Sample sample -> throw new AssertionError(sample);
        };
    return spoiler.spoil(peer, query, answer);
  }

  private boolean passes(Stated event, Query query) {
    Set<String> services = query.filter().services();
    boolean served =
        services.isEmpty()
            || (services.contains("hey-there") && announcements.contains(event.id()))
            || (services.contains("checkpoint") && checkpoints.contains(event.id()));
    return served && (query.filter().subjects().isEmpty() || mine.contains(event.id()));
  }

  private FetchOutcome page(String peer, Query.Page page, List<Stated> passing) {
    int from = firstAfter(passing, page.after());
    List<Stated> answer = passing.subList(from, Math.min(passing.size(), from + page.size()));
    boolean isFull = answer.size() == page.size();
    List<Stated> given =
        page.size() <= 200 || !keptBackBy.containsKey(peer)
            ? answer
            : answer.stream().filter(e -> !keptBackBy.get(peer).contains(e.id())).toList();
    return fetched(
        peer, given, isFull ? Optional.of(answer.getLast().ts()) : Optional.<Long>empty());
  }

  private static List<Stated> slice(Query.Slice slice, List<Stated> passing) {
    List<Stated> kept = new ArrayList<>();
    for (int i = firstAfter(passing, slice.after()) + slice.index();
        i < passing.size();
        i += slice.total()) {
      kept.add(passing.get(i));
    }
    return kept.subList(Math.max(0, kept.size() - slice.most()), kept.size());
  }

  private static int firstAfter(List<Stated> events, long after) {
    int low = 0;
    int high = events.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (events.get(middle).ts() > after) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The same answer with only some of its events. */
  MeshRequest.Fetched again(MeshRequest.Fetched answer, List<Stated> some) {
    TrustRequest.Offered offered = answer.offered();
    return new MeshRequest.Fetched(
        answer.bytes(),
        some.size(),
        some.isEmpty() ? 0 : some.getFirst().ts(),
        some.isEmpty() ? 0 : some.getLast().ts(),
        answer.nextCursor(),
        false,
        some,
        new TrustRequest.Offered(
            some.size(),
            Math.min(offered.added(), some.size()),
            0,
            0,
            0,
            Math.min(offered.rejected(), some.size()),
            Map.of(),
            Set.of()),
        answer.took());
  }

  /** An answer with these events, judged and merged. */
  MeshRequest.Fetched fetched(String peer, List<Stated> answer, Optional<Long> next) {
    fetched += answer.size();
    int added = 0;
    int valid = 0;
    int unsigned = 0;
    int refused = 0;
    int pruned = 0;
    for (Stated event : answer) {
      if (forged.contains(event.id())
          || forgedBy.getOrDefault(peer, Set.of()).contains(event.id())) {
        refused++;
      } else if (!held.containsKey(event.id()) && !stays(event)) {
        pruned++;
      } else if (!Boolean.TRUE.equals(held.get(event.id()))) {
        boolean signed = !strippedBy.getOrDefault(peer, Set.of()).contains(event.id());
        added += held.containsKey(event.id()) ? 0 : 1;
        valid += signed ? 1 : 0;
        unsigned += signed ? 0 : 1;
        held.merge(event.id(), signed, Boolean::logicalOr);
      }
    }
    long[] times = answer.stream().mapToLong(Stated::ts).sorted().toArray();
    return new MeshRequest.Fetched(
        answer.size() * 475L,
        answer.size(),
        times.length == 0 ? 0 : times[0],
        times.length == 0 ? 0 : times[times.length - 1],
        next,
        false,
        answer,
        new TrustRequest.Offered(
            answer.size(),
            added,
            answer.size() - added - refused - pruned,
            pruned,
            pruned,
            0,
            refused,
            Map.of(Verdict.VALID, valid, Verdict.UNSIGNED, unsigned),
            Set.of()),
        Duration.ofMillis(20));
  }
}
