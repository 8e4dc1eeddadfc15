package nara.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import nara.event.Event;
import nara.event.Service;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.Query.Filter;
import nara.ledger.index.EventIndex;
import nara.ledger.index.MergeCursor;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * Answers the four queries of the wire contract from the indexes.
 *
 * <p>With n events, k returned and m indexes for the filter (one without a filter, one for each
 * service, up to seven for each subject), a page and a recent query cost O(m log n + k log m). A
 * slice costs the same with k times the number of slices, and O(log n) for each returned event when
 * one index suffices. A slice over several subjects reads once all that passes the filter, and so
 * does a sample of subjects. A sample without subjects reads what it returns, and a few candidates
 * more.
 */
final class QueryEngine {
  private final EventIndex eventIndex;
  private final int maxBytes;

  QueryEngine(EventIndex index) {
    this(index, Query.MAX_BYTES);
  }

  /**
   * @param maxBytes usually {@link Query#MAX_BYTES}
   */
  QueryEngine(EventIndex index, int maxBytes) {
    this.eventIndex = index;
    this.maxBytes = maxBytes;
  }

  QueryResult execute(Query query, RandomGenerator random) {
    return switch (query) {
      case Query.Page page -> page(page);
      case Query.Recent recent ->
          lastPage(take(MergeCursor.descending(matching(recent)), clampLimit(recent.limit())));
      case Query.Slice slice -> lastPage(slice(slice));
      case Query.Sample sample -> lastPage(sample(sample, random));
    };
  }

  private static QueryResult lastPage(List<Event> events) {
    return new QueryResult(events, Optional.empty());
  }

  private List<SortedIndex> matching(Query query) {
    return eventIndex.matching(query.filter().services(), query.filter().subjects());
  }

  private List<Event> take(MergeCursor cursor, int limit) {
    Answer answer = new Answer(limit);
    while (cursor.hasNext() && answer.events.size() < limit && answer.add(cursor.current())) {
      cursor.next();
    }
    return answer.events;
  }

  /** The first events of a list that fit into an answer. */
  private List<Event> take(List<Event> events, int limit) {
    Answer answer = new Answer(Math.min(events.size(), limit));
    for (int i = 0; i < Math.min(events.size(), limit) && answer.add(events.get(i)); i++) {}
    return answer.events;
  }

  /** Events up to {@link Query#MAX_BYTES}, but at least one. */
  private final class Answer {
    final List<Event> events;
    private long bytes;

    Answer(int limit) {
      events = new ArrayList<>(limit);
    }

    /** Returns false, without adding it, when the event does not fit. */
    boolean add(Event event) {
      bytes += event.json().length;
      if (bytes > maxBytes && !events.isEmpty()) {
        return false;
      }
      events.add(event);
      return true;
    }

    boolean add(StoredEvent stored) {
      return add(stored.event());
    }
  }

  /** See {@link Query.Page} for where a page ends. */
  private QueryResult page(Query.Page page) {
    int size = clampLimit(page.size());
    MergeCursor cursor = MergeCursor.after(page.after(), matching(page));
    Answer answer = new Answer(size);
    while (cursor.hasNext() && answer.events.size() < size && answer.add(cursor.current())) {
      cursor.next();
    }
    List<Event> events = answer.events;
    if (events.isEmpty() || events.size() < size && !cursor.hasNext()) {
      return lastPage(events);
    }
    long end = events.getLast().ts();
    if (hasMoreAt(end, cursor)) {
      if (events.getFirst().ts() < end) {
        while (events.getLast().ts() == end) {
          events.removeLast();
        }
      } else {
        while (hasMoreAt(end, cursor)
            && events.size() < Query.MAX_EVENTS
            && answer.add(cursor.current())) {
          cursor.next();
        }
      }
    }
    return new QueryResult(events, Optional.of(events.getLast().ts()));
  }

  private static boolean hasMoreAt(long ts, MergeCursor cursor) {
    return cursor.hasNext() && cursor.current().event().ts() == ts;
  }

  private List<Event> slice(Query.Slice slice) {
    int maxEvents = clampLimit(slice.maxEvents());
    long total = Math.max(1, slice.total());
    List<SortedIndex> sources = matching(slice);
    Answer answer = new Answer(maxEvents);
    if (slice.index() < 0 || slice.index() >= total) {
      return answer.events;
    }
    if (sources.size() != 1 && slice.filter().subjects().size() <= 1) {
      int passing = sources.stream().mapToInt(s -> s.size() - s.rankAfter(slice.after())).sum();
      MergeCursor cursor = MergeCursor.descending(sources);
      for (int i = passing - 1; i >= 0 && answer.events.size() < maxEvents; i--) {
        StoredEvent stored = cursor.next();
        if (i % total == slice.index() && !answer.add(stored)) {
          break;
        }
      }
      return answer.events.reversed();
    }
    int count;
    IntFunction<Event> passing;
    if (sources.size() == 1) {
      SortedIndex only = sources.getFirst();
      int from = only.rankAfter(slice.after());
      count = only.size() - from;
      passing = i -> only.get(from + i).event();
    } else {
      // An event may be in two indexes, so only iterating tells how many pass.
      List<Event> all = all(MergeCursor.after(slice.after(), sources));
      count = all.size();
      passing = all::get;
    }
    long last = count - 1L - Math.floorMod(count - 1L - slice.index(), total);
    for (long i = last;
        i >= 0 && answer.events.size() < maxEvents && answer.add(passing.apply((int) i));
        i -= total) {}
    return answer.events.reversed();
  }

  private static List<Event> all(MergeCursor cursor) {
    List<Event> events = new ArrayList<>();
    while (cursor.hasNext()) {
      events.add(cursor.next().event());
    }
    return events;
  }

  /** The critical events come first; the others are sampled service by service. */
  private List<Event> sample(Query.Sample sample, RandomGenerator random) {
    int size = clampLimit(sample.size());
    List<Event> selected = critical(sample.filter(), size);
    if (selected.size() < size) {
      WeightedReservoir reservoir = new WeightedReservoir(size - selected.size(), sample, random);
      Filter filter = sample.filter();
      for (Service service : Service.values()) {
        if (passes(service, filter) && !isAlwaysCritical(service)) {
          reservoir.startService(service);
          offerAll(MergeCursor.descending(matching(service, filter)), reservoir);
        }
      }
      reservoir.selected(size).forEach(selected::add);
    }
    List<Event> events = take(selected, size);
    events.sort(StoredEvent::compare);
    return events;
  }

  private static void offerAll(MergeCursor cursor, WeightedReservoir reservoir) {
    cursor.skip(reservoir.takeSkips());
    while (cursor.hasNext()) {
      StoredEvent stored = cursor.next();
      if (stored.event().isCritical()) {
        reservoir.passOver();
      } else {
        reservoir.offer(stored);
      }
      cursor.skip(reservoir.takeSkips());
    }
  }

  /** The oldest critical events that pass a filter, up to a number. */
  private List<Event> critical(Filter filter, int size) {
    List<SortedIndex> indexes =
        filter.subjects().isEmpty()
            ? List.of(eventIndex.critical())
            : eventIndex.matching(filter.services(), filter.subjects());
    List<Event> critical = new ArrayList<>();
    MergeCursor cursor = MergeCursor.after(Long.MIN_VALUE, indexes);
    while (cursor.hasNext() && critical.size() < size) {
      Event event = cursor.next().event();
      if (event.isCritical() && passes(event.service(), filter)) {
        critical.add(event);
      }
    }
    return critical;
  }

  private static boolean passes(Service service, Filter filter) {
    return filter.services().isEmpty() || filter.services().contains(service.wireName());
  }

  private List<SortedIndex> matching(Service service, Filter filter) {
    return eventIndex.matching(Set.of(service.wireName()), filter.subjects());
  }

  private static boolean isAlwaysCritical(Service service) {
    return switch (service) {
      case CHECKPOINT, HEY_THERE, CHAU -> true;
      case SOCIAL, PING, SEEN, OBSERVATION -> false;
    };
  }

  private static int clampLimit(int wanted) {
    return Math.clamp(wanted, 0, Query.MAX_EVENTS);
  }
}
