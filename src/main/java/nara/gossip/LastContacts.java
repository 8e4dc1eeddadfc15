package nara.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.event.Event;

/**
 * For each neighbour, the time until which this node holds all of its events. After a long absence
 * the background sync fetches from there, and not only the events of the last day.
 */
final class LastContacts {
  /** How long before the latest contact with any neighbour the sync with a new neighbour begins. */
  static final Duration FIRST_WINDOW = Duration.ofHours(24);

  /** Events reach a neighbour some time after they were made. */
  static final Duration OVERLAP = Duration.ofHours(1);

  /** Anybody can invent names, so the number of remembered neighbours is bounded. */
  static final int MAX_NEIGHBOURS = 2_000;

  private final Map<String, Long> heldUntil = BoundedMap.lru(MAX_NEIGHBOURS);

  /** This node holds all events of the neighbour until then, Unix nanoseconds. */
  void recordHeldUntil(String name, long nanos) {
    heldUntil.merge(name, nanos, Math::max);
  }

  /** The times until which this node held all events of each neighbour, Unix seconds. */
  Map<String, Long> seconds() {
    Map<String, Long> seconds = new HashMap<>();
    heldUntil.forEach((name, nanos) -> seconds.put(name, nanos / 1_000_000_000));
    return seconds;
  }

  /** Where to begin with this neighbour, Unix nanoseconds. */
  long fetchFrom(String name, Instant now) {
    Long until = heldUntil.get(name);
    if (until != null) {
      return until - OVERLAP.toNanos();
    }
    long latest =
        heldUntil.values().stream().mapToLong(Long::longValue).max().orElse(Event.unixNanos(now));
    return latest - FIRST_WINDOW.toNanos();
  }
}
