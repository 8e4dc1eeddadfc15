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
import nara.ledger.LedgerRequest.Answer;
import nara.ledger.LedgerRequest.CheckpointPage;
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.Merged;
import nara.ledger.LedgerRequest.Sighting;

/**
 * The memory of a nara: a set of events under limits, its indexes, and what follows from it.
 *
 * <p>What it holds is a function of the set of events that it was offered and of the keys known:
 * never of their order, their batches, or who sent them. Of two forms of one event the better
 * verdict stays, then the smaller bytes. {@link Retention} says how the limits manage that.
 *
 * <p>n events held: taking one in costs O(log n), queries as {@link Queries} says, pruning
 * amortised O(log n) for each event that goes, what is derived for a subject as much as there are
 * events with it. Nothing scans the ledger but a sample, an export and what looks at everybody.
 *
 * <p>For one thread at a time.
 */
public final class Ledger {
  /** Own observations of one subject within {@link #OWN_SPAN_NANOS}. */
  private static final int OWN_OBSERVATIONS = 10;

  /** Five minutes of event time. */
  private static final long OWN_SPAN_NANOS = 300_000_000_000L;

  private final LedgerConfig config;
  private final Taste taste;
  private final Retention retention;
  private final Index index = new Index();
  private final Queries queries = new Queries(index);
  private final Derivation derivation;
  private final HashIndex hashes = new HashIndex(index);

  /** The visible form of each id; others hang behind it. */
  private final Slots slots = new Slots();

  private long bytes;
  private int critical;

  /** The batch that is being merged: what came in with it, and what it did. */
  private final List<Held> fresh = new ArrayList<>();

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
    this.taste = new Taste(config);
    this.retention = new Retention(config.maxEvents(), hasKey);
    this.derivation = new Derivation(index, config.missingAfter());
  }

  /** Takes in what was judged and may be merged. Invalid payloads are dropped even so. */
  public Merged merge(List<Judged> events) {
    int replaced = 0;
    int duplicate = 0;
    // Neighbours in time are neighbours in the indexes: a sorted batch finds them still at hand.
    List<Judged> ascending = new ArrayList<>(events);
    ascending.sort((a, b) -> Held.compare(a.event(), b.event()));
    for (Judged judged : ascending) {
      switch (offer(judged.event(), judged.verdict())) {
        case ADDED -> added++;
        case REPLACED -> replaced++;
        case DUPLICATE -> duplicate++;
        case DROPPED -> dropped++;
      }
    }
    retention.prune(this::onPruned);
    Merged merged = new Merged(added, replaced, duplicate, dropped, pruned);
    fresh.forEach(held -> held.fresh = false);
    fresh.clear();
    added = 0;
    dropped = 0;
    pruned = 0;
    return merged;
  }

  /**
   * Takes in observations that this node made itself, perhaps again after a restart: what says the
   * same as something held is a duplicate though its id differs. Restarts are the same when
   * subject, number and start are; a first sighting is, once there is one of the pair.
   */
  public Merged mergeDistinct(List<Judged> events) {
    Merged sum = new Merged(0, 0, 0, 0, 0);
    for (Judged judged : events) {
      sum = plus(sum, isTold(judged.event()) ? new Merged(0, 0, 1, 0, 0) : merge(List.of(judged)));
    }
    return sum;
  }

  /**
   * Takes in one observation that this node just made, as {@link #mergeDistinct} does, and not more
   * than ten about one subject within five minutes of event time: an excited node must not fill the
   * ledgers of the others.
   */
  public Merged observe(Judged judged) {
    if (judged.event().payload() instanceof Observation o) {
      long ts = judged.event().ts();
      int before = retention.observationsWithin(Pair.Key.of(o), ts - OWN_SPAN_NANOS, ts);
      if (before >= OWN_OBSERVATIONS) {
        return new Merged(0, 0, 0, 1, 0);
      }
    }
    return mergeDistinct(List.of(judged));
  }

  private enum Outcome {
    ADDED,
    REPLACED,
    DUPLICATE,
    DROPPED
  }

  private Outcome offer(Event event, Verdict verdict) {
    if (event.ts() == 0
        || event.payload().fault().isPresent()
        || event.payload() instanceof Checkpoint c && c.knownBad()
        || !taste.likes(event)) {
      return Outcome.DROPPED;
    }
    Held head = slots.get(event.id());
    for (Held held = head; held != null; held = held.next) {
      if (held.samePlace(event)) {
        return improve(held, event, verdict);
      }
    }
    Held held = new Held(event, verdict);
    if (!retention.admit(held, this::onDropped)) {
      return Outcome.DROPPED;
    }
    boolean another = slots.get(event.id()) != null;
    link(held);
    if (another) {
      return slots.get(event.id()) == held ? Outcome.REPLACED : Outcome.DUPLICATE;
    }
    held.fresh = true;
    fresh.add(held);
    return Outcome.ADDED;
  }

  private Outcome improve(Held held, Event event, Verdict verdict) {
    if (held.compareForm(event, verdict) <= 0) {
      return Outcome.DUPLICATE;
    }
    // What the indexes sort by is the same in both forms, but the chain may change its order.
    unlink(held);
    held.improve(event, verdict);
    link(held);
    return slots.get(event.id()) == held ? Outcome.REPLACED : Outcome.DUPLICATE;
  }

  /** Puts a form into its id's chain, the best one first, and shows that one. */
  private void link(Held held) {
    Held head = slots.get(held.event().id());
    if (head == null || held.compareForm(head.event(), head.verdict()) < 0) {
      if (head != null) {
        hide(head);
      }
      held.next = head;
      slots.put(held);
      show(held);
      return;
    }
    Held before = head;
    while (before.next != null && before.next.compareForm(held.event(), held.verdict()) < 0) {
      before = before.next;
    }
    held.next = before.next;
    before.next = held;
  }

  private void unlink(Held held) {
    Held head = slots.get(held.event().id());
    if (head == held) {
      hide(held);
      if (held.next == null) {
        slots.remove(held.event().id());
      } else {
        slots.put(held.next);
        show(held.next);
      }
    } else {
      Held before = head;
      while (before.next != held) {
        before = before.next;
      }
      before.next = held.next;
    }
    held.next = null;
  }

  private void show(Held held) {
    index.add(held);
    hashes.added(held);
    bytes += held.event().json().length;
    critical += held.event().critical() ? 1 : 0;
  }

  private void hide(Held held) {
    index.remove(held);
    hashes.removed(held);
    bytes -= held.event().json().length;
    critical -= held.event().critical() ? 1 : 0;
  }

  private void onDropped(Held gone) {
    unlink(gone);
    if (gone.fresh) {
      added--;
      dropped++;
    }
  }

  private void onPruned(Held gone) {
    unlink(gone);
    if (gone.fresh) {
      added--;
      pruned++;
    }
  }

  private static Merged plus(Merged a, Merged b) {
    return new Merged(
        a.added() + b.added(),
        a.replaced() + b.replaced(),
        a.duplicate() + b.duplicate(),
        a.dropped() + b.dropped(),
        a.pruned() + b.pruned());
  }

  private boolean isTold(Event event) {
    if (!(event.payload() instanceof Observation o)) {
      return false;
    }
    Ordered told = index.of(o.subject(), Service.OBSERVATION);
    if (told == null) {
      return false;
    }
    Ordered.Cursor cursor = told.cursor(0);
    for (Held held = cursor.held(); held != null; held = cursor.held()) {
      if (held.event().payload() instanceof Observation p && saysTheSame(o, p)) {
        return true;
      }
      cursor.forward();
    }
    return false;
  }

  private static boolean saysTheSame(Observation a, Observation b) {
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
  public BitSet heldValid(List<EventId> ids) {
    BitSet valid = new BitSet(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      Held held = slots.get(ids.get(i));
      if (held != null && held.verdict() == Verdict.VALID) {
        valid.set(i);
      }
    }
    return valid;
  }

  /** Answers a query of the mesh. */
  public Answer ask(Query query, RandomGenerator random) {
    return queries.ask(query, random);
  }

  /** What is shown, as items of a reconciliation; good until the next change. */
  HashIndex hashes() {
    return hashes.looked();
  }

  /** See {@link Retention#horizon}. */
  long horizon() {
    return retention.horizon();
  }

  /** The checkpoints in ascending time, from an offset on; nothing for what is out of range. */
  public CheckpointPage checkpoints(int offset, int limit) {
    Ordered checkpoints = index.of(Service.CHECKPOINT);
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
    List<Event> events = new ArrayList<>(index.all().size());
    Ordered.Cursor cursor = index.all().cursor(0);
    for (Held held = cursor.held(); held != null; held = cursor.held()) {
      events.add(held.event());
      cursor.forward();
    }
    return events;
  }

  /** Everything held with its verdict, worse forms of an id after the one that is shown. */
  public List<Judged> forms() {
    List<Judged> forms = new ArrayList<>(index.all().size());
    Ordered.Cursor cursor = index.all().cursor(0);
    for (Held shown = cursor.held(); shown != null; shown = cursor.held()) {
      for (Held held = shown; held != null; held = held.next) {
        forms.add(new Judged(held.event(), held.verdict()));
      }
      cursor.forward();
    }
    return forms;
  }

  /** How much is held. */
  public LedgerStats stats() {
    Map<Service, Integer> byService = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      int count = index.of(service).size();
      if (count > 0) {
        byService.put(service, count);
      }
    }
    return new LedgerStats(slots.size(), byService, critical, bytes, config.maxEvents());
  }

  /** The mean of the round trips held to each target but these, in milliseconds. */
  public Map<String, Double> pingMeans(Set<String> except) {
    Map<String, Double> means = new HashMap<>();
    retention
        .pingsByTarget()
        .forEach(
            (target, pings) -> {
              if (!except.contains(target)) {
                pings.stream()
                    .filter(held -> slots.get(held.event().id()) == held)
                    .map(held -> (Ping) held.event().payload())
                    .mapToDouble(Ping::rtt)
                    .average()
                    .ifPresent(mean -> means.put(target, mean));
              }
            });
    return means;
  }

  /** What follows from the events about a subject, at a time (Unix seconds). */
  public Derived about(String subject, long atSeconds) {
    return derivation.about(subject, atSeconds);
  }

  /** What was last seen of these subjects, at a time (Unix seconds); absent: nothing is held. */
  public Map<String, Sighting> sightings(Set<String> subjects, long atSeconds) {
    Map<String, Sighting> sightings = new HashMap<>();
    for (String subject : subjects) {
      derivation.sighting(subject, atSeconds).ifPresent(last -> sightings.put(subject, last));
    }
    return sightings;
  }

  /** Of which of these subjects somebody's backfill is held. */
  public Set<String> backfilled(Set<String> subjects) {
    return subjects.stream().filter(derivation::backfilled).collect(Collectors.toSet());
  }

  /** Everybody who is the actor or target of some event. */
  public Set<String> subjects() {
    return Set.copyOf(index.subjects());
  }
}
