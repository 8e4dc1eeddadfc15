package nara.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import nara.bounds.BoundedMap;
import nara.event.Event;

/**
 * For each neighbour, the time until which this node holds all of its events. After a long absence
 * the background sync fetches from there, and not only the events of the last day.
 */
final class LastContacts {
  /**
   * Where a sync begins with a neighbour that was never asked, before the last contact with a
   * configured peer.
   */
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

  /**
   * Where to begin with this neighbour, Unix nanoseconds. Contacts with neighbours that are not
   * configured say nothing about what others hold: strangers make them.
   *
   * @param configured the names of the configured peers
   */
  long fetchFrom(String name, Set<String> configured, Instant now) {
    Long until = heldUntil.get(name);
    if (until != null) {
      return until - OVERLAP.toNanos();
    }
    if (configured.contains(name)) {
      return Long.MIN_VALUE;
    }
    long latest =
        configured.stream()
            .filter(heldUntil::containsKey)
            .mapToLong(heldUntil::get)
            .max()
            .orElse(Event.unixNanos(now));
    return latest - FIRST_WINDOW.toNanos();
  }
}
