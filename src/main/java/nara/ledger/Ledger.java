package nara.ledger;

import static java.util.stream.Collectors.averagingDouble;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.random.RandomGenerator;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Service;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.CheckpointPage;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.MergeResult;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.clout.CloutProjection;
import nara.ledger.clout.CloutRules;
import nara.ledger.index.EventIndex;
import nara.ledger.index.EventVariants;
import nara.ledger.index.FormOrder;
import nara.ledger.index.HashIndex;
import nara.ledger.index.SignerIndex;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;
import nara.ledger.retention.Retention;

/**
 * The memory of a nara: a set of events under limits, with its indexes and derived values.
 *
 * <p>The content is a function of the set of offered events and of what is known about their naras,
 * never of order, batches or senders. {@link EventVariants} chooses between events with one id;
 * {@link Retention} applies the limits.
 *
 * <p>With n events, a merge costs O(log n) an event, pruning amortised O(log n) for each removed
 * event, a query what {@link QueryEngine} says, and a subject's values as much as there are events
 * about it. Only a sample of subjects, an export, mean round trips and the summary of all subjects
 * read more.
 *
 * <p>Not thread-safe.
 */
public final class Ledger {
  /** Own observations about one subject within {@link #OWN_WINDOW_NANOS}. */
  private static final int MAX_OWN_OBSERVATIONS = 10;

  /** Five minutes of event time. */
  private static final long OWN_WINDOW_NANOS = 300_000_000_000L;

  private final LedgerConfig config;
  private final PersonalityFilter filter;
  private final Retention retention;
  private final FormOrder formOrder;
  private final EventVariants variants;
  private final EventIndex eventIndex = new EventIndex();
  private final HashIndex hashIndex = new HashIndex(eventIndex);
  private final SignerIndex signerIndex = new SignerIndex();
  private final RecordedObservations observations = new RecordedObservations();
  private final QueryEngine engine = new QueryEngine(eventIndex);
  private final SubjectProjection projection;
  private Optional<CloutProjection> clout = Optional.empty();

  private long totalBytes;
  private int criticalCount;

  /** The events that the running merge added, and how many of them were evicted again. */
  private final List<StoredEvent> newInBatch = new ArrayList<>();

  private int evictedNew;

  /** How many teases each actor has made. */
  private final Map<String, Integer> teases = new HashMap<>();

  /** How many teases are at each target. */
  private final Map<String, Integer> teasesReceived = new HashMap<>();

  private boolean keepsAdditions;
  private List<Event> additions = new ArrayList<>();

  /**
   * An empty ledger.
   *
   * @param standings how well naras are known, and by whom; see {@link Retention}
   * @throws IllegalArgumentException when a maximum is below 1
   */
  public Ledger(LedgerConfig config, Standing.Lookup standings) {
    this(config, Retention.FAIR_FROM, standings);
  }

  /** Also takes {@link Retention#FAIR_FROM}, which tests lower. */
  Ledger(LedgerConfig config, int fairFrom, Standing.Lookup standings) {
    if (config.maxEvents() < 1) {
      throw new IllegalArgumentException(
          "A ledger holds at least 1 event, not " + config.maxEvents());
    }
    this.config = config;
    this.formOrder = new FormOrder(config.owner(), standings);
    this.variants = new EventVariants(formOrder, this::onShown, this::onHidden);
    this.filter = new PersonalityFilter(config);
    this.retention =
        new Retention(
            config.maxEvents(),
            config.maxBytes(),
            config.owner(),
            fairFrom,
            standings,
            this::onEvicted);
    this.projection = new SubjectProjection(eventIndex, config, standings);
  }

  /** Keeps the clout of naras by these rules from now on. For an empty ledger. */
  public void followClout(CloutRules rules) {
    clout = Optional.of(new CloutProjection(rules));
  }

  /** Merges judged events that the trust policy accepts. Invalid payloads are dropped. */
  public MergeResult merge(List<JudgedEvent> events) {
    int[] counts = new int[Outcome.values().length];
    // Events of similar times are near each other in the indexes, so a sorted batch is faster.
    List<JudgedEvent> ascending = new ArrayList<>(events);
    ascending.sort((a, b) -> StoredEvent.compare(a.event(), b.event()));
    for (JudgedEvent judged : ascending) {
      counts[offer(judged).ordinal()]++;
    }
    int displaced = evictedNew;
    retention.prune();
    int pruned = evictedNew - displaced;
    for (StoredEvent stored : newInBatch) {
      if (keepsAdditions && stored.newInBatch) {
        additions.add(stored.event());
      }
      stored.newInBatch = false;
    }
    newInBatch.clear();
    evictedNew = 0;
    return new MergeResult(
        counts[Outcome.ADDED.ordinal()] - displaced - pruned,
        counts[Outcome.REPLACED.ordinal()],
        counts[Outcome.DUPLICATE.ordinal()],
        counts[Outcome.DROPPED.ordinal()] + displaced,
        pruned);
  }

  /**
   * Merges an observation that this node made itself, perhaps again after a restart. It is a
   * duplicate when {@link RecordedObservations} contains its statement, although its id differs.
   */
  MergeResult mergeDistinct(JudgedEvent judged) {
    return observations.contains(judged.event())
        ? new MergeResult(0, 0, 1, 0, 0)
        : merge(List.of(judged));
  }

  /**
   * Merges an own observation like {@link #mergeDistinct}, but at most ten about one subject within
   * five minutes of event time. So a busy node does not fill the ledgers of others.
   */
  public MergeResult recordObservation(JudgedEvent judged) {
    if (judged.event().payload() instanceof Observation o) {
      long ts = judged.event().ts();
      if (retention.observationsWithin(o, ts - OWN_WINDOW_NANOS, ts) >= MAX_OWN_OBSERVATIONS) {
        return new MergeResult(0, 0, 0, 1, 0);
      }
    }
    return mergeDistinct(judged);
  }

  private enum Outcome {
    ADDED,
    REPLACED,
    DUPLICATE,
    DROPPED
  }

  private Outcome offer(JudgedEvent judged) {
    Event event = judged.event();
    if (event.ts() == 0
        || event.payload().validationError().isPresent()
        || event.payload() instanceof Checkpoint c && c.isKnownBad()
        || !filter.accepts(event)) {
      return Outcome.DROPPED;
    }
    StoredEvent offered = StoredEvent.of(event, judged.verdict(), judged.voters());
    boolean isNewId = variants.visible(event.id()) == null;
    StoredEvent stored = isNewId ? null : variants.variantOf(event);
    if (event.payload() instanceof Checkpoint) {
      retention.applyCheckpoint(offered);
      addVoters(stored, offered);
    }
    return isNewId ? offerNew(offered) : offerVariant(stored, offered);
  }

  /** Offers an event whose id the ledger does not hold, as nearly all of a merge are. */
  private Outcome offerNew(StoredEvent offered) {
    return retention.admit(offered) ? add(offered) : Outcome.DROPPED;
  }

  /**
   * Offers an event whose id the ledger holds.
   *
   * @param stored the variant that it is a copy of, or null
   */
  private Outcome offerVariant(StoredEvent stored, StoredEvent offered) {
    EventId id = offered.event().id();
    variants.sort(id);
    if (stored != null) {
      return replace(stored, offered) && variants.isVisible(stored)
          ? Outcome.REPLACED
          : Outcome.DUPLICATE;
    }
    StoredEvent surplus = variants.surplusVariant(id);
    if (surplus != null && formOrder.compare(surplus, offered) < 0) {
      return Outcome.DUPLICATE;
    }
    if (!retention.admit(offered)) {
      return Outcome.DROPPED;
    }
    return surplus == null ? add(offered) : replaceVariant(surplus, offered);
  }

  private Outcome add(StoredEvent offered) {
    signerIndex.add(offered);
    if (!variants.add(offered)) {
      return variants.isVisible(offered) ? Outcome.REPLACED : Outcome.DUPLICATE;
    }
    offered.newInBatch = true;
    newInBatch.add(offered);
    return Outcome.ADDED;
  }

  /** Adds the voters of the same bytes: the keys of more voters may be known by now. */
  private void addVoters(StoredEvent stored, StoredEvent offered) {
    if (stored != null
        && stored.verdict() == offered.verdict()
        && Arrays.equals(stored.event().json(), offered.event().json())
        && stored.voters().plus(offered.voters()) != stored.voters()) {
      retention.replace(stored, () -> stored.add(offered.voters()));
    }
  }

  /** Adds a variant in place of the worst one of its id. */
  private Outcome replaceVariant(StoredEvent worst, StoredEvent added) {
    if (variants.variantOf(worst.event()) == worst) {
      forget(worst);
    }
    signerIndex.add(added);
    variants.add(added);
    if (worst.newInBatch) {
      worst.newInBatch = false;
      added.newInBatch = true;
      newInBatch.add(added);
    }
    return variants.isVisible(added) ? Outcome.REPLACED : Outcome.DUPLICATE;
  }

  private void forget(StoredEvent stored) {
    retention.remove(stored);
    signerIndex.remove(stored);
    variants.remove(stored);
  }

  /** Replaces a variant by a copy of it; returns false when the copy is not better. */
  private boolean replace(StoredEvent stored, StoredEvent copy) {
    if (formOrder.compare(stored, copy) <= 0) {
      return false;
    }
    signerIndex.remove(stored);
    retention.replace(stored, () -> variants.replace(stored, copy));
    signerIndex.add(stored);
    return true;
  }

  private void onShown(StoredEvent visible) {
    eventIndex.add(visible);
    hashIndex.add(visible);
    observations.add(visible.event());
    clout.ifPresent(scores -> scores.add(visible.event()));
    countTease(visible.event(), 1);
    totalBytes += visible.event().json().length;
    criticalCount += visible.event().isCritical() ? 1 : 0;
  }

  private void onHidden(StoredEvent hidden) {
    eventIndex.remove(hidden);
    hashIndex.remove(hidden);
    observations.remove(hidden.event());
    clout.ifPresent(scores -> scores.remove(hidden.event()));
    countTease(hidden.event(), -1);
    totalBytes -= hidden.event().json().length;
    criticalCount -= hidden.event().isCritical() ? 1 : 0;
  }

  private void countTease(Event event, int change) {
    if (event.payload() instanceof Social social && social.type().equals("tease")) {
      BinaryOperator<Integer> sum = (count, more) -> count + more == 0 ? null : count + more;
      teases.merge(social.actor(), change, sum);
      teasesReceived.merge(social.target(), change, sum);
    }
  }

  private void onEvicted(StoredEvent evicted) {
    signerIndex.remove(evicted);
    variants.remove(evicted);
    evictedNew += evicted.newInBatch ? 1 : 0;
    evicted.newInBatch = false;
  }

  /** All stored events that a nara signed, in ascending (time, id). */
  public List<JudgedEvent> signedBy(String emitter) {
    return signerIndex
        .eventsOf(emitter)
        .map(stored -> new JudgedEvent(stored.event(), stored.verdict(), stored.voters()))
        .toList();
  }

  /** Removes the stored variants with these ids and bytes, in O(log n) each; returns how many. */
  public int remove(List<Event> events) {
    int removed = 0;
    for (Event event : events) {
      StoredEvent stored = variants.variantOf(event);
      if (stored != null && Arrays.equals(stored.event().json(), event.json())) {
        forget(stored);
        removed++;
      }
    }
    return removed;
  }

  /**
   * Which of the ids are stored as valid, in a compact form that is {@link FormOrder#isFinal}.
   * Another form of such an id need not be verified.
   */
  public BitSet validIds(List<EventId> ids) {
    BitSet valid = new BitSet(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      StoredEvent visible = variants.visible(ids.get(i));
      valid.set(i, visible != null && isSettled(visible));
    }
    return valid;
  }

  private boolean isSettled(StoredEvent stored) {
    return stored.verdict() == Verdict.VALID
        && stored.event().isCompact()
        && formOrder.isFinal(stored);
  }

  /** Answers a query of the mesh. */
  public QueryResult query(Query query, RandomGenerator random) {
    return engine.execute(query, random);
  }

  /** The visible events as items of a reconciliation; valid until the next change. */
  public HashIndex hashIndex() {
    return hashIndex.refreshed();
  }

  /** See {@link Retention#horizon}. */
  long horizon() {
    return retention.horizon();
  }

  /**
   * The checkpoints in ascending time from an offset on, up to {@link Query#MAX_BYTES}; none for an
   * offset out of range.
   */
  public CheckpointPage checkpoints(int offset, int limit) {
    SortedIndex checkpoints = eventIndex.events(Service.CHECKPOINT);
    List<Event> page = new ArrayList<>();
    SortedIndex.Cursor cursor = checkpoints.cursor(offset);
    long bytes = 0;
    while (cursor.hasNext() && page.size() < limit) {
      bytes += cursor.current().event().json().length;
      if (bytes > Query.MAX_BYTES && !page.isEmpty()) {
        break;
      }
      page.add(cursor.next().event());
    }
    return new CheckpointPage(page, checkpoints.size());
  }

  /** All visible events in ascending (time, id). */
  public List<Event> export() {
    return eventIndex.all().stream().map(StoredEvent::event).toList();
  }

  /** All stored events with their verdicts, the best variant of an id first. */
  public List<JudgedEvent> variants() {
    return eventIndex.all().stream()
        .flatMap(EventVariants::allOf)
        .map(stored -> new JudgedEvent(stored.event(), stored.verdict(), stored.voters()))
        .toList();
  }

  /** Counts of the visible events. */
  public LedgerStats stats() {
    Map<Service, Integer> byService = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      int count = eventIndex.events(service).size();
      if (count > 0) {
        byService.put(service, count);
      }
    }
    return new LedgerStats(
        variants.size(),
        byService,
        criticalCount,
        totalBytes,
        config.maxEvents(),
        retention.pruned());
  }

  /** The mean round trip to each target but these, in milliseconds. */
  public Map<String, Double> meanRtts(Set<String> excludedTargets) {
    return eventIndex.events(Service.PING).stream()
        .map(stored -> (Ping) stored.event().payload())
        .filter(ping -> !excludedTargets.contains(ping.target()))
        .collect(groupingBy(Ping::target, averagingDouble(Ping::rtt)));
  }

  /** The values derived for a subject at a time, Unix seconds. */
  public SubjectSummary summary(String subject, long atSeconds) {
    return projection.summary(subject, atSeconds);
  }

  /** The last sighting of each of these subjects at a time, Unix seconds; absent without events. */
  public Map<String, Sighting> sightings(Set<String> subjects, long atSeconds) {
    Map<String, Sighting> sightings = new HashMap<>();
    for (String subject : subjects) {
      projection.sighting(subject, atSeconds).ifPresent(found -> sightings.put(subject, found));
    }
    return sightings;
  }

  /** The clout of these naras at a time, Unix seconds; absent without social events. */
  Map<String, Double> clout(Set<String> names, long atSeconds) {
    return clout.map(scores -> scores.clout(names, atSeconds)).orElse(Map.of());
  }

  /** The highest clouts at a time, Unix seconds. */
  Map<String, Double> highestClout(int limit, long atSeconds) {
    return clout.map(scores -> scores.highest(limit, atSeconds)).orElse(Map.of());
  }

  /** How many of the visible events are teases of each actor, and at each target. */
  public InspectionRequest.TeaseCounts teases() {
    return new InspectionRequest.TeaseCounts(Map.copyOf(teases), Map.copyOf(teasesReceived));
  }

  /** Answers requests of pages for people. */
  public LedgerInspection inspection() {
    return new LedgerInspection(eventIndex, variants, projection);
  }

  /** Keeps the events that merges add from now on, or no longer. */
  public void keepAdditions(boolean keeps) {
    keepsAdditions = keeps;
    additions.clear();
  }

  /** The events that merges added since the last call, while they are kept. */
  public List<Event> takeAdditions() {
    if (additions.isEmpty()) {
      return List.of();
    }
    List<Event> taken = additions;
    additions = new ArrayList<>();
    return taken;
  }

  /** The subjects among these with a backfill by any observer. */
  public Set<String> backfilled(Set<String> subjects) {
    return subjects.stream().filter(projection::hasBackfill).collect(toSet());
  }

  /** The names of all actors and targets. */
  public Set<String> subjects() {
    return Set.copyOf(eventIndex.subjects());
  }

  /** The summaries of all actors and targets at a time, Unix seconds, by name. */
  Map<String, SubjectSummary> summaries(long atSeconds) {
    return eventIndex.subjects().stream()
        .collect(toMap(subject -> subject, subject -> summary(subject, atSeconds)));
  }
}
