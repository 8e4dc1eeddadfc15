package nara.ledger.index;

import java.util.Comparator;
import java.util.function.ToLongFunction;

/**
 * How a {@link SortedIndex} sorts its events.
 *
 * @param key the number that events are sorted by
 * @param ties the order of events with equal keys; it never finds two stored events equal
 */
public record EventOrder(ToLongFunction<StoredEvent> key, Comparator<StoredEvent> ties) {
  static final EventOrder BY_TIME = by(stored -> stored.event().ts());

  /** Sorts by a number, then by {@link StoredEvent#compare}. */
  public static EventOrder by(ToLongFunction<StoredEvent> key) {
    return new EventOrder(key, (a, b) -> StoredEvent.compare(a.event(), b.event()));
  }
}
