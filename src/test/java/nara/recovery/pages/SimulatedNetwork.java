package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PeerScores;
import nara.recovery.PlanCommand;
import nara.recovery.PlanCommand.StartFetch;
import nara.recovery.RecoveryConfig;
import nara.trust.TrustRequest.OfferResult;

/**
 * Peers with ledgers, who answer as the reference does, cutting equal times apart; and one node
 * that recovers from them by the pages rung. Without sockets and without time: what stalls is told
 * of when nothing else is left.
 */
public final class SimulatedNetwork {
  /** What a peer does to an answer of its own. */
  public interface ResponseFilter {
    FetchOutcome filter(String peer, Query query, FetchOutcome answer);
  }

  static final String ME = "me";

  /** What is held in the end; whether with its signature. */
  public final Map<EventId, Boolean> held = new HashMap<>();

  /** Events that nobody signed as they are. */
  public final Set<EventId> forged = new HashSet<>();

  /** Events that this peer alone gives in a forged form. */
  public final Map<String, Set<EventId>> forgedBy = new HashMap<>();

  /** Events that this peer gives without their signatures. */
  public final Map<String, Set<EventId>> strippedBy = new HashMap<>();

  /** Events that this peer does not give in pages of over 200. */
  private final Map<String, Set<EventId>> withheldBy = new HashMap<>();

  /** The events that this peer gives in its pages in the place of others. */
  private final Map<String, Map<EventId, EventRef>> replacedBy = new HashMap<>();

  /** The most events that this peer puts into any answer. */
  private final Map<String, Integer> mostEvents = new HashMap<>();

  /** Events that are verified each time they come, as checkpoints are. */
  final Set<EventId> verifiedAgain = new HashSet<>();

  /** Peers that never answer. */
  public final Set<String> silentPeers = new HashSet<>();

  /** How many events are held at the most; the oldest go. */
  int maxHeld = Integer.MAX_VALUE;

  private final NavigableSet<EventRef> byAge =
      new TreeSet<>(
          Comparator.comparingLong(EventRef::ts).thenComparing(event -> event.id().toString()));

  final Set<EventId> announcements = new HashSet<>();
  final Set<EventId> checkpoints = new HashSet<>();
  final Set<EventId> initiallyHeld = new HashSet<>();

  public final Map<String, Integer> calls = new HashMap<>();
  public final List<StartFetch> requests = new ArrayList<>();
  public final PeerScores peerScores = new PeerScores();
  public long fetched;
  long maxInFlight;

  private final Map<String, List<EventRef>> ledgers = new LinkedHashMap<>();
  private final PriorityQueue<Instant> wakes = new PriorityQueue<>();

  /** Moves only when nothing else is left. */
  Instant now = Instant.EPOCH;

  private ResponseFilter filter = (peer, query, answer) -> answer;
  private long nextId = 1;

  /** Makes events of these times, in nanoseconds after a moment of November 2023. */
  public List<EventRef> makeEvents(int count, LongUnaryOperator time) {
    List<EventRef> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long id = nextId++;
      events.add(
          new EventRef(
              1_700_000_000_000_000_000L + time.applyAsLong(i),
              new EventId(id * 0x9E3779B97F4A7C15L, id)));
    }
    return events;
  }

  public void addPeer(String name, List<EventRef> events) {
    List<EventRef> ledger = new ArrayList<>(events);
    ledger.sort(Comparator.comparingLong(EventRef::ts));
    ledgers.put(name, ledger);
  }

  public void withhold(String peer, EventId event) {
    withheldBy.computeIfAbsent(peer, first -> new HashSet<>()).add(event);
  }

  /** In its pages, the peer gives other events in the place of these. */
  void replacing(String peer, Map<EventId, EventRef> replacements) {
    replacedBy.put(peer, replacements);
  }

  /** The peer never gives more events than this, whatever is requested. */
  public void limitResponses(String peer, int most) {
    mostEvents.put(peer, most);
  }

  public void filteringResponses(ResponseFilter how) {
    filter = how;
  }

  /** All that anybody holds. */
  Set<EventId> allEvents() {
    Set<EventId> union = new HashSet<>();
    ledgers.values().forEach(ledger -> ledger.forEach(event -> union.add(event.id())));
    return union;
  }

  /** A rung that fetches from all peers, before its first call. */
  PagesRung start(RecoveryConfig config) {
    List<Peer> peers =
        ledgers.keySet().stream().map(name -> new Peer(name, "127.0.0.1:1")).toList();
    return new PagesRung(
        peers,
        peerScores,
        config,
        ME,
        new SplittableRandom(5),
        new AtomicInteger()::getAndIncrement);
  }

  public PagesRung recover(RecoveryConfig config) {
    PagesRung rung = start(config);
    Deque<StartFetch> underWay = new ArrayDeque<>();
    Deque<StartFetch> stalling = new ArrayDeque<>();
    int turns = 0;
    do {
      for (PlanCommand command : rung.startCalls(now)) {
        if (!(command instanceof StartFetch fetch)) {
          wakes.add(((PlanCommand.WaitUntil) command).time());
          continue;
        }
        requests.add(fetch);
        calls.merge(fetch.peer().name(), 1, Integer::sum);
        (silentPeers.contains(fetch.peer().name()) ? stalling : underWay).add(fetch);
      }
      long toResponding =
          Stream.concat(underWay.stream(), stalling.stream())
              .filter(call -> peerScores.of(call.peer().name()).hasResponded())
              .count();
      maxInFlight = Math.max(maxInFlight, toResponding);
      StartFetch fetch = underWay.poll();
      if (fetch != null) {
        rung.onCallEnded(fetch.callId(), answer(fetch.peer().name(), fetch.query()));
      } else if (!wakes.isEmpty()) {
        now = later(wakes.poll());
        rung.onTimerFired();
      } else if (!stalling.isEmpty() && !rung.finished()) {
        rung.onCallEnded(
            stalling.poll().callId(),
            new MeshRequest.FetchFailed(MeshFailure.STALLED, "no byte for 2s"));
      }
      assertThat(turns++).isLessThan(10_000);
    } while (!rung.finished());
    assertThat(underWay).isEmpty();
    assertThat(maxInFlight).isLessThanOrEqualTo(config.maxInFlight());
    assertThat(rung.summary()).isNotEmpty();
    assertThat(rung.completedCalls()).isLessThanOrEqualTo(rung.plannedCalls());
    return rung;
  }

  private Instant later(Instant passed) {
    return passed.isAfter(now) ? passed : now;
  }

  /** Holds these from the beginning. */
  void startWith(List<EventRef> events) {
    for (EventRef event : events) {
      held.put(event.id(), true);
      byAge.add(event);
    }
  }

  /** Whether the memory has room for it, if need be after the oldest has gone. */
  private boolean makeRoomFor(EventRef event) {
    if (maxHeld == Integer.MAX_VALUE) {
      return true;
    }
    if (byAge.size() >= maxHeld) {
      if (byAge.first().ts() >= event.ts()) {
        return false;
      }
      held.remove(byAge.pollFirst().id());
    }
    return byAge.add(event);
  }

  /** The response of a peer. */
  public FetchOutcome answer(String peer, Query query) {
    return answerTo(
        peer, mostEvents.containsKey(peer) ? limited(query, mostEvents.get(peer)) : query);
  }

  private static Query limited(Query query, int most) {
    return switch (query) {
      case Query.Page p -> new Query.Page(p.after(), Math.min(p.size(), most), p.filter());
      case Query.Slice s ->
          new Query.Slice(
              s.after(), s.index(), s.total(), Math.min(s.maxEvents(), most), s.filter());
      case Query.Sample s ->
          new Query.Sample(Math.min(s.size(), most), s.responder(), s.atSeconds(), s.filter());
      case Query.Recent recent -> recent;
    };
  }

  private FetchOutcome answerTo(String peer, Query query) {
    List<EventRef> passing = ledgers.get(peer);
    if (!query.filter().equals(Query.Filter.ALL)) {
      passing = passing.stream().filter(event -> matches(event, query)).toList();
    }
    FetchOutcome answer =
        switch (query) {
          case Query.Page page -> page(peer, page, passing);
          case Query.Slice slice -> fetched(peer, slice(slice, passing), Optional.empty());
          case Query.Recent recent -> throw new AssertionError(recent);
          case Query.Sample sample -> fetched(peer, sample(sample, passing), Optional.empty());
        };
    return filter.filter(peer, query, answer);
  }

  private boolean matches(EventRef event, Query query) {
    Set<String> services = query.filter().services();
    boolean served =
        services.isEmpty()
            || (services.contains("hey-there") && announcements.contains(event.id()))
            || (services.contains("checkpoint") && checkpoints.contains(event.id()));
    return served && (query.filter().subjects().isEmpty() || initiallyHeld.contains(event.id()));
  }

  private FetchOutcome page(String peer, Query.Page page, List<EventRef> passing) {
    int from = firstAfter(passing, page.after());
    List<EventRef> answer = passing.subList(from, Math.min(passing.size(), from + page.size()));
    boolean isFull = answer.size() == page.size();
    List<EventRef> given =
        page.size() <= 200 || !withheldBy.containsKey(peer)
            ? answer
            : answer.stream().filter(e -> !withheldBy.get(peer).contains(e.id())).toList();
    Map<EventId, EventRef> replacements = replacedBy.getOrDefault(peer, Map.of());
    given = given.stream().map(e -> replacements.getOrDefault(e.id(), e)).toList();
    return fetched(
        peer, given, isFull ? Optional.of(answer.getLast().ts()) : Optional.<Long>empty());
  }

  private static List<EventRef> slice(Query.Slice slice, List<EventRef> passing) {
    List<EventRef> kept = new ArrayList<>();
    for (int i = firstAfter(passing, slice.after()) + slice.index();
        i < passing.size();
        i += slice.total()) {
      kept.add(passing.get(i));
    }
    return kept.subList(Math.max(0, kept.size() - slice.maxEvents()), kept.size());
  }

  /** Any events: those that begin the ledger. */
  private static List<EventRef> sample(Query.Sample sample, List<EventRef> passing) {
    return passing.subList(0, Math.min(sample.size(), passing.size()));
  }

  private static int firstAfter(List<EventRef> events, long after) {
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
  public PageFetched withEvents(PageFetched answer, List<EventRef> some) {
    OfferResult result = answer.offerResult();
    return new PageFetched(
        answer.bytes(),
        some.size(),
        some.isEmpty() ? 0 : some.getFirst().ts(),
        some.isEmpty() ? 0 : some.getLast().ts(),
        answer.nextCursor(),
        false,
        some,
        new OfferResult(
            some.size(),
            Math.min(result.added(), some.size()),
            0,
            0,
            0,
            Math.min(result.rejected(), some.size()),
            Map.of(),
            Set.of()),
        answer.elapsed());
  }

  /** An answer with these events, judged and merged. */
  public PageFetched fetched(String peer, List<EventRef> answer, Optional<Long> next) {
    fetched += answer.size();
    int added = 0;
    int improved = 0;
    int valid = 0;
    int unsigned = 0;
    int refused = 0;
    int pruned = 0;
    for (EventRef event : answer) {
      if (forged.contains(event.id())
          || forgedBy.getOrDefault(peer, Set.of()).contains(event.id())) {
        refused++;
      } else if (!held.containsKey(event.id()) && !makeRoomFor(event)) {
        pruned++;
      } else if (Boolean.TRUE.equals(held.get(event.id()))) {
        valid += verifiedAgain.contains(event.id()) ? 1 : 0;
      } else {
        boolean signed = !strippedBy.getOrDefault(peer, Set.of()).contains(event.id());
        added += held.containsKey(event.id()) ? 0 : 1;
        improved += signed && held.containsKey(event.id()) ? 1 : 0;
        valid += signed ? 1 : 0;
        unsigned += signed ? 0 : 1;
        held.merge(event.id(), signed, Boolean::logicalOr);
      }
    }
    long[] times = answer.stream().mapToLong(EventRef::ts).sorted().toArray();
    return new PageFetched(
        answer.size() * 475L,
        answer.size(),
        times.length == 0 ? 0 : times[0],
        times.length == 0 ? 0 : times[times.length - 1],
        next,
        false,
        answer,
        new OfferResult(
            answer.size(),
            added,
            improved,
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
