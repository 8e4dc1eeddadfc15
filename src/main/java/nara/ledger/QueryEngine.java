package nara.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Service;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.index.EventIndex;
import nara.ledger.index.MergeCursor;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * Answers the four queries of the wire contract from the indexes.
 *
 * <p>With n events held, k returned and m indexes that the filter needs (one without a filter, one
 * for each service, up to seven for each subject): page and recent O(m log n + k log m); slice the
 * same with k times the number of slices, and O(log n) for each event returned where one index
 * suffices; a slice over several subjects and a sample walk once over what passes the filter.
 */
final class QueryEngine {
  /** A weight falls to 1/e in so many hours: a half-life of 720 hours, about. */
  private static final double DECAY_HOURS = 720 * 0.693;

  /** The logarithm of what the importance doubles, and of what being about the responder does. */
  private static final double LOG_2 = Math.log(2);

  private static final double NANOS_PER_HOUR = 3_600e9;

  private final EventIndex eventIndex;

  QueryEngine(EventIndex eventIndex) {
    this.eventIndex = eventIndex;
  }

  QueryResult execute(Query query, RandomGenerator random) {
    return switch (query) {
      case Query.Page page -> page(page);
      case Query.Recent recent -> recent(recent);
      case Query.Slice slice -> new QueryResult(slice(slice), Optional.empty());
      case Query.Sample sample -> new QueryResult(sample(sample, random), Optional.empty());
    };
  }

  /**
   * A page. The cursor is a time and excludes it, so a page that ended between events of one time
   * would lose the rest of them to every reader. Ours never ends there: such a page ends before
   * that time, and the next one begins with it. Where the whole page is of one time, it goes on to
   * the last of that time, up to {@link Query#MAX_EVENTS}. Readers go on as long as there is a
   * cursor; it is given whenever a page is full or was ended early.
   */
  private QueryResult page(Query.Page page) {
    int size = clampLimit(page.size());
    List<Event> events = new ArrayList<>(Math.min(size, eventIndex.all().size()));
    MergeCursor mergeCursor = MergeCursor.after(page.after(), eventIndex.matching(page.filter()));
    StoredEvent next = mergeCursor.next();
    while (next != null && events.size() < size) {
      events.add(next.event());
      next = mergeCursor.next();
    }
    if (events.size() < size || events.isEmpty()) {
      return new QueryResult(events, Optional.empty());
    }
    long end = events.getLast().ts();
    if (next != null && next.event().ts() == end) {
      if (events.getFirst().ts() < end) {
        while (events.getLast().ts() == end) {
          events.removeLast();
        }
      } else {
        while (next != null && next.event().ts() == end && events.size() < Query.MAX_EVENTS) {
          events.add(next.event());
          next = mergeCursor.next();
        }
      }
    }
    return new QueryResult(events, Optional.of(events.getLast().ts()));
  }

  private QueryResult recent(Query.Recent recent) {
    int limit = clampLimit(recent.limit());
    List<Event> events = new ArrayList<>();
    MergeCursor mergeCursor = MergeCursor.backward(eventIndex.matching(recent.filter()));
    for (StoredEvent storedEvent = mergeCursor.next();
        storedEvent != null && events.size() < limit;
        storedEvent = mergeCursor.next()) {
      events.add(storedEvent.event());
    }
    return new QueryResult(events, Optional.empty());
  }

  private List<Event> slice(Query.Slice slice) {
    int maxEvents = clampLimit(slice.maxEvents());
    long total = Math.max(1, slice.total());
    List<SortedIndex> sources = eventIndex.matching(slice.filter());
    List<Event> events = new ArrayList<>();
    if (slice.index() < 0 || slice.index() >= total) {
      return events;
    }
    if (sources.size() == 1) {
      SortedIndex only = sources.getFirst();
      int from = only.rankAfter(slice.after());
      long last = lastIndexOfSlice(only.size() - from, slice.index(), total);
      for (long i = last; i >= 0 && events.size() < maxEvents; i -= total) {
        events.add(only.get(from + (int) i).event());
      }
    } else if (slice.filter().subjects().size() <= 1) {
      int passing = sources.stream().mapToInt(s -> s.size() - s.rankAfter(slice.after())).sum();
      MergeCursor mergeCursor = MergeCursor.backward(sources);
      for (int i = passing - 1; i >= 0 && events.size() < maxEvents; i--) {
        StoredEvent storedEvent = mergeCursor.next();
        if (i % total == slice.index()) {
          events.add(storedEvent.event());
        }
      }
    } else {
      // Events may pass twice, so how many there are is known only at the end.
      List<Event> passing = new ArrayList<>();
      MergeCursor mergeCursor = MergeCursor.after(slice.after(), sources);
      for (StoredEvent storedEvent = mergeCursor.next();
          storedEvent != null;
          storedEvent = mergeCursor.next()) {
        passing.add(storedEvent.event());
      }
      long last = lastIndexOfSlice(passing.size(), slice.index(), total);
      for (long i = last; i >= 0 && events.size() < maxEvents; i -= total) {
        events.add(passing.get((int) i));
      }
    }
    Collections.reverse(events);
    return events;
  }

  /** The highest index below the count that belongs to the slice; below zero for none. */
  private static long lastIndexOfSlice(int count, int slice, long total) {
    long last = count - 1L;
    return last - Math.floorMod(last - slice, total);
  }

  /**
   * All critical events, or the oldest of them, and a lottery over the rest. Service by service,
   * since of most services all events are critical or none is: those need no look at each.
   */
  private List<Event> sample(Query.Sample sample, RandomGenerator random) {
    int size = clampLimit(sample.size());
    List<Event> selected = new ArrayList<>();
    WeightedReservoir weightedReservoir = new WeightedReservoir(size, sample, random);
    for (Service service : Service.values()) {
      MergeCursor mergeCursor = MergeCursor.backward(eventIndex.matching(sample.filter(), service));
      weightedReservoir.startService(service);
      for (StoredEvent storedEvent = mergeCursor.next();
          storedEvent != null;
          storedEvent = mergeCursor.next()) {
        if (isCritical(service, storedEvent)) {
          selected.add(storedEvent.event());
        } else {
          weightedReservoir.offer(storedEvent);
        }
      }
    }
    selected.sort(StoredEvent::compare);
    if (selected.size() >= size) {
      return List.copyOf(selected.subList(0, size));
    }
    weightedReservoir.selected(size - selected.size()).forEach(selected::add);
    selected.sort(StoredEvent::compare);
    return selected;
  }

  private static boolean isCritical(Service service, StoredEvent storedEvent) {
    return switch (service) {
      case CHECKPOINT, HEY_THERE, CHAU -> true;
      case SOCIAL, PING, SEEN -> false;
      case OBSERVATION -> storedEvent.event().isCritical();
    };
  }

  /**
   * A weighted draw without replacement: each candidate draws u^(1/weight), the highest win. With u
   * = exp(-e), e drawn exponentially, that is the lowest e / weight, compared here by its logarithm
   * so that no age over- or underflows.
   *
   * <p>Candidates come newest first, so the heavy ones soon set a bar that most of the others miss
   * by their draw alone, without being looked at. Until the bar moves each of them misses it with
   * one and the same probability: so it is drawn at once how many do in a row, and who ends the row
   * draws from what the distribution has below the bar. All is as if each had drawn.
   */
  private static final class WeightedReservoir {
    private final int size;
    private final Query.Sample sample;
    private final RandomGenerator random;
    private final PriorityQueue<Candidate> selected =
        new PriorityQueue<>((a, b) -> Double.compare(b.key, a.key));

    /** The logarithm of the most that a weight of this service is multiplied by. */
    private double maxLogFactor;

    /** Who draws more than this has lost, whatever it weighs. */
    private double cutoff;

    /** How many of those who come next draw more than that. */
    private long skipCount;

    WeightedReservoir(int size, Query.Sample sample, RandomGenerator random) {
      this.size = size;
      this.sample = sample;
      this.random = random;
    }

    /** What comes next is of another service, and may be newer than what came before. */
    void startService(Service service) {
      maxLogFactor = service == Service.OBSERVATION ? 2 * LOG_2 : LOG_2;
      updateCutoff(0);
    }

    void offer(StoredEvent storedEvent) {
      if (skipCount > 0) {
        skipCount--;
        return;
      }
      double exponential =
          cutoff == Double.POSITIVE_INFINITY
              ? random.nextExponential()
              : -Math.log1p(random.nextDouble() * Math.expm1(-cutoff));
      Event event = storedEvent.event();
      double decay = logDecay(event, sample.atSeconds());
      double key = Math.log(exponential) - decay - logFactor(event, sample.responder());
      if (selected.size() < size || key < selected.peek().key) {
        selected.add(new Candidate(event, key));
        if (selected.size() > size) {
          selected.poll();
        }
      }
      updateCutoff(decay);
    }

    /** Nothing that follows can weigh more than the heaviest of this age. */
    private void updateCutoff(double decay) {
      if (size == 0) {
        skipCount = Long.MAX_VALUE;
      } else if (selected.size() < size) {
        cutoff = Double.POSITIVE_INFINITY;
        skipCount = 0;
      } else {
        cutoff = Math.exp(selected.peek().key + decay + maxLogFactor);
        skipCount = (long) (random.nextExponential() / cutoff);
      }
    }

    Stream<Event> selected(int most) {
      return selected.stream()
          .sorted(Comparator.comparingDouble(Candidate::key))
          .limit(most)
          .map(Candidate::event);
    }
  }

  private record Candidate(Event event, double key) {}

  /** The logarithm of what the age leaves of a weight: zero for the newest, below it for others. */
  private static double logDecay(Event event, long atSeconds) {
    // A clock that runs ahead gains nothing by it.
    return -Math.max(0, (atSeconds * 1e9 - event.ts()) / NANOS_PER_HOUR) / DECAY_HOURS;
  }

  /** The logarithm of what the weight is multiplied by, from 0 to twice {@link #LOG_2}. */
  private static double logFactor(Event event, String responder) {
    boolean important = event.payload() instanceof Observation o && o.importance() == 2;
    boolean mine =
        responder.equals(event.emitter())
            || responder.equals(event.actor())
            || responder.equals(event.target());
    return (important ? LOG_2 : 0) + (mine ? LOG_2 : 0);
  }

  private static int clampLimit(int wanted) {
    return Math.max(0, Math.min(Query.MAX_EVENTS, wanted));
  }
}
