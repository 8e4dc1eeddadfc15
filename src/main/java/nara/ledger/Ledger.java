package nara.ledger;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Service;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.CheckpointPage;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.MergeResult;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.index.EventIndex;
import nara.ledger.index.EventTable;
import nara.ledger.index.HashIndex;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * The memory of a nara: a set of events under limits, its indexes, and what follows from it.
 *
 * <p>What it holds is a function of the set of events that it was offered and of the keys known:
 * never of their order, their batches, or who sent them. Of two forms of one event the better
 * verdict stays, then the smaller bytes. {@link Retention} says how the limits manage that.
 *
 * <p>n events held: taking one in costs O(log n), queries as {@link QueryEngine} says, pruning
 * amortised O(log n) for each event that goes, what is derived for a subject as much as there are
 * events with it. Nothing scans the ledger but a sample, an export and what looks at everybody.
 *
 * <p>For one thread at a time.
 */
public final class Ledger {
  /** Own observations of one subject within {@link #OWN_WINDOW_NANOS}. */
  private static final int MAX_OWN_OBSERVATIONS = 10;

  /** Five minutes of event time. */
  private static final long OWN_WINDOW_NANOS = 300_000_000_000L;

  private final LedgerConfig config;
  private final PersonalityFilter personalityFilter;
  private final Retention retention;
  private final EventIndex eventIndex = new EventIndex();
  private final QueryEngine queryEngine = new QueryEngine(eventIndex);
  private final SubjectProjection subjectProjection;
  private final HashIndex hashIndex = new HashIndex(eventIndex);

  /** The visible form of each id; others hang behind it. */
  private final EventTable eventTable = new EventTable();

  private long totalBytes;
  private int criticalCount;

  /** The batch that is being merged: what came in with it, and what it did. */
  private final List<StoredEvent> newInBatch = new ArrayList<>();

  private int added;
  private int dropped;
  private int pruned;

  /**
   * An empty ledger.
   *
   * @param hasKey whether the key of the nara of that name is known; asked when something has to
   *     go, since events of unknown naras go first
   * @throws IllegalArgumentException when the maximum is below 1
   */
  public Ledger(LedgerConfig config, Predicate<String> hasKey) {
    if (config.maxEvents() < 1) {
      throw new IllegalArgumentException(
          "A ledger holds at least 1 event, not " + config.maxEvents());
    }
    this.config = config;
    this.personalityFilter = new PersonalityFilter(config);
    this.retention = new Retention(config.maxEvents(), hasKey);
    this.subjectProjection = new SubjectProjection(eventIndex, config.missingAfter());
  }

  /** Takes in what was judged and may be merged. Invalid payloads are dropped even so. */
  public MergeResult merge(List<JudgedEvent> events) {
    int replaced = 0;
    int duplicate = 0;
    // Neighbours in time are neighbours in the indexes: a sorted batch finds them still at hand.
    List<JudgedEvent> ascending = new ArrayList<>(events);
    ascending.sort((a, b) -> StoredEvent.compare(a.event(), b.event()));
    for (JudgedEvent judgedEvent : ascending) {
      switch (offer(judgedEvent.event(), judgedEvent.verdict())) {
        case ADDED -> added++;
        case REPLACED -> replaced++;
        case DUPLICATE -> duplicate++;
        case DROPPED -> dropped++;
      }
    }
    retention.prune(this::onPruned);
    MergeResult mergeResult = new MergeResult(added, replaced, duplicate, dropped, pruned);
    newInBatch.forEach(storedEvent -> storedEvent.newInBatch = false);
    newInBatch.clear();
    added = 0;
    dropped = 0;
    pruned = 0;
    return mergeResult;
  }

  /**
   * Takes in observations that this node made itself, perhaps again after a restart: what says the
   * same as something held is a duplicate though its id differs. Restarts are the same when
   * subject, number and start are; a first sighting is, once there is one of the pair.
   */
  public MergeResult mergeDistinct(List<JudgedEvent> events) {
    MergeResult sum = new MergeResult(0, 0, 0, 0, 0);
    for (JudgedEvent judgedEvent : events) {
      sum =
          plus(
              sum,
              isAlreadyRecorded(judgedEvent.event())
                  ? new MergeResult(0, 0, 1, 0, 0)
                  : merge(List.of(judgedEvent)));
    }
    return sum;
  }

  /**
   * Takes in one observation that this node just made, as {@link #mergeDistinct} does, and not more
   * than ten about one subject within five minutes of event time: an excited node must not fill the
   * ledgers of the others.
   */
  public MergeResult recordObservation(JudgedEvent judgedEvent) {
    if (judgedEvent.event().payload() instanceof Observation o) {
      long ts = judgedEvent.event().ts();
      int before =
          retention.observationsWithin(PairObservations.Key.of(o), ts - OWN_WINDOW_NANOS, ts);
      if (before >= MAX_OWN_OBSERVATIONS) {
        return new MergeResult(0, 0, 0, 1, 0);
      }
    }
    return mergeDistinct(List.of(judgedEvent));
  }

  private enum Outcome {
    ADDED,
    REPLACED,
    DUPLICATE,
    DROPPED
  }

  private Outcome offer(Event event, Verdict verdict) {
    if (event.ts() == 0
        || event.payload().validationError().isPresent()
        || event.payload() instanceof Checkpoint c && c.isKnownBad()
        || !personalityFilter.accepts(event)) {
      return Outcome.DROPPED;
    }
    StoredEvent head = eventTable.get(event.id());
    for (StoredEvent storedEvent = head;
        storedEvent != null;
        storedEvent = storedEvent.nextVariant) {
      if (storedEvent.isSameVariant(event)) {
        return replace(storedEvent, event, verdict);
      }
    }
    StoredEvent storedEvent = new StoredEvent(event, verdict);
    if (!retention.admit(storedEvent, this::onDropped)) {
      return Outcome.DROPPED;
    }
    boolean hasOtherVariant = eventTable.get(event.id()) != null;
    link(storedEvent);
    if (hasOtherVariant) {
      return eventTable.get(event.id()) == storedEvent ? Outcome.REPLACED : Outcome.DUPLICATE;
    }
    storedEvent.newInBatch = true;
    newInBatch.add(storedEvent);
    return Outcome.ADDED;
  }

  private Outcome replace(StoredEvent storedEvent, Event event, Verdict verdict) {
    if (storedEvent.compareVariant(event, verdict) <= 0) {
      return Outcome.DUPLICATE;
    }
    // What the indexes sort by is the same in both forms, but the chain may change its order.
    unlink(storedEvent);
    storedEvent.replaceWith(event, verdict);
    link(storedEvent);
    return eventTable.get(event.id()) == storedEvent ? Outcome.REPLACED : Outcome.DUPLICATE;
  }

  /** Puts a form into its id's chain, the best one first, and shows that one. */
  private void link(StoredEvent storedEvent) {
    StoredEvent head = eventTable.get(storedEvent.event().id());
    if (head == null || storedEvent.compareVariant(head.event(), head.verdict()) < 0) {
      if (head != null) {
        removeFromIndexes(head);
      }
      storedEvent.nextVariant = head;
      eventTable.put(storedEvent);
      addToIndexes(storedEvent);
      return;
    }
    StoredEvent before = head;
    while (before.nextVariant != null
        && before.nextVariant.compareVariant(storedEvent.event(), storedEvent.verdict()) < 0) {
      before = before.nextVariant;
    }
    storedEvent.nextVariant = before.nextVariant;
    before.nextVariant = storedEvent;
  }

  private void unlink(StoredEvent storedEvent) {
    StoredEvent head = eventTable.get(storedEvent.event().id());
    if (head == storedEvent) {
      removeFromIndexes(storedEvent);
      if (storedEvent.nextVariant == null) {
        eventTable.remove(storedEvent.event().id());
      } else {
        eventTable.put(storedEvent.nextVariant);
        addToIndexes(storedEvent.nextVariant);
      }
    } else {
      StoredEvent before = head;
      while (before.nextVariant != storedEvent) {
        before = before.nextVariant;
      }
      before.nextVariant = storedEvent.nextVariant;
    }
    storedEvent.nextVariant = null;
  }

  private void addToIndexes(StoredEvent storedEvent) {
    eventIndex.add(storedEvent);
    hashIndex.add(storedEvent);
    totalBytes += storedEvent.event().json().length;
    criticalCount += storedEvent.event().isCritical() ? 1 : 0;
  }

  private void removeFromIndexes(StoredEvent storedEvent) {
    eventIndex.remove(storedEvent);
    hashIndex.remove(storedEvent);
    totalBytes -= storedEvent.event().json().length;
    criticalCount -= storedEvent.event().isCritical() ? 1 : 0;
  }

  private void onDropped(StoredEvent evicted) {
    unlink(evicted);
    if (evicted.newInBatch) {
      added--;
      dropped++;
    }
  }

  private void onPruned(StoredEvent evicted) {
    unlink(evicted);
    if (evicted.newInBatch) {
      added--;
      pruned++;
    }
  }

  private static MergeResult plus(MergeResult a, MergeResult b) {
    return new MergeResult(
        a.added() + b.added(),
        a.replaced() + b.replaced(),
        a.duplicate() + b.duplicate(),
        a.dropped() + b.dropped(),
        a.pruned() + b.pruned());
  }

  private boolean isAlreadyRecorded(Event event) {
    if (!(event.payload() instanceof Observation o)) {
      return false;
    }
    SortedIndex recorded = eventIndex.events(o.subject(), Service.OBSERVATION);
    if (recorded == null) {
      return false;
    }
    SortedIndex.Cursor cursor = recorded.cursor(0);
    for (StoredEvent storedEvent = cursor.current();
        storedEvent != null;
        storedEvent = cursor.current()) {
      if (storedEvent.event().payload() instanceof Observation p && isSameObservation(o, p)) {
        return true;
      }
      cursor.forward();
    }
    return false;
  }

  private static boolean isSameObservation(Observation a, Observation b) {
    if (!a.subject().equals(b.subject()) || !a.type().equals(b.type())) {
      return false;
    }
    return switch (a.type()) {
      case Observation.RESTART ->
          a.restartNum() == b.restartNum() && a.startTime() == b.startTime();
      case Observation.FIRST_SEEN -> a.observer().equals(b.observer());
      default -> false;
    };
  }

  /** Which of the ids are held in a form that is valid: no further form can be better judged. */
  public BitSet validIds(List<EventId> ids) {
    BitSet valid = new BitSet(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      StoredEvent storedEvent = eventTable.get(ids.get(i));
      if (storedEvent != null && storedEvent.verdict() == Verdict.VALID) {
        valid.set(i);
      }
    }
    return valid;
  }

  /** Answers a query of the mesh. */
  public QueryResult query(Query query, RandomGenerator random) {
    return queryEngine.execute(query, random);
  }

  /** What is shown, as items of a reconciliation; good until the next change. */
  public HashIndex hashIndex() {
    return hashIndex.refreshed();
  }

  /** See {@link Retention#horizon}. */
  long horizon() {
    return retention.horizon();
  }

  /** The checkpoints in ascending time, from an offset on; nothing for what is out of range. */
  public CheckpointPage checkpoints(int offset, int limit) {
    SortedIndex checkpoints = eventIndex.events(Service.CHECKPOINT);
    List<Event> page = new ArrayList<>();
    if (offset >= 0) {
      long end = Math.min(checkpoints.size(), (long) offset + limit);
      for (int i = offset; i < end; i++) {
        page.add(checkpoints.get(i).event());
      }
    }
    return new CheckpointPage(page, checkpoints.size());
  }

  /** Everything held, in ascending (time, id). */
  public List<Event> export() {
    List<Event> events = new ArrayList<>(eventIndex.all().size());
    SortedIndex.Cursor cursor = eventIndex.all().cursor(0);
    for (StoredEvent storedEvent = cursor.current();
        storedEvent != null;
        storedEvent = cursor.current()) {
      events.add(storedEvent.event());
      cursor.forward();
    }
    return events;
  }

  /** Everything held with its verdict, worse forms of an id after the one that is shown. */
  public List<JudgedEvent> variants() {
    List<JudgedEvent> variants = new ArrayList<>(eventIndex.all().size());
    SortedIndex.Cursor cursor = eventIndex.all().cursor(0);
    for (StoredEvent visible = cursor.current(); visible != null; visible = cursor.current()) {
      for (StoredEvent storedEvent = visible;
          storedEvent != null;
          storedEvent = storedEvent.nextVariant) {
        variants.add(new JudgedEvent(storedEvent.event(), storedEvent.verdict()));
      }
      cursor.forward();
    }
    return variants;
  }

  /** How much is held. */
  public LedgerStats stats() {
    Map<Service, Integer> byService = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      int count = eventIndex.events(service).size();
      if (count > 0) {
        byService.put(service, count);
      }
    }
    return new LedgerStats(
        eventTable.size(), byService, criticalCount, totalBytes, config.maxEvents());
  }

  /** The mean of the round trips held to each target but these, in milliseconds. */
  public Map<String, Double> meanRtts(Set<String> excludedTargets) {
    Map<String, Double> means = new HashMap<>();
    retention
        .pingsByTarget()
        .forEach(
            (target, pings) -> {
              if (!excludedTargets.contains(target)) {
                pings.stream()
                    .filter(storedEvent -> eventTable.get(storedEvent.event().id()) == storedEvent)
                    .map(storedEvent -> (Ping) storedEvent.event().payload())
                    .mapToDouble(Ping::rtt)
                    .average()
                    .ifPresent(mean -> means.put(target, mean));
              }
            });
    return means;
  }

  /** What follows from the events about a subject, at a time (Unix seconds). */
  public SubjectSummary summary(String subject, long atSeconds) {
    return subjectProjection.summary(subject, atSeconds);
  }

  /** What was last seen of these subjects, at a time (Unix seconds); absent: nothing is held. */
  public Map<String, Sighting> sightings(Set<String> subjects, long atSeconds) {
    Map<String, Sighting> sightings = new HashMap<>();
    for (String subject : subjects) {
      subjectProjection
          .sighting(subject, atSeconds)
          .ifPresent(last -> sightings.put(subject, last));
    }
    return sightings;
  }

  /** Of which of these subjects somebody's backfill is held. */
  public Set<String> backfilled(Set<String> subjects) {
    return subjects.stream().filter(subjectProjection::hasBackfill).collect(Collectors.toSet());
  }

  /** Everybody who is the actor or target of some event. */
  public Set<String> subjects() {
    return Set.copyOf(eventIndex.subjects());
  }
}
