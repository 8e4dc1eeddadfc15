package nara.discovery;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.presence.Presence;

/**
 * Decides between the goodbye of a nara and its response to a ping: the newer one counts. A
 * response counts as of the time when its ping was sent.
 *
 * <p>All times are of this node's steady clock. Not thread-safe.
 */
final class Goodbyes {
  private final Map<String, Instant> leftAt = BoundedMap.lru(KnownNeighbours.MAX_NEIGHBOURS);
  private final Map<String, Instant> respondedAt = BoundedMap.lru(KnownNeighbours.MAX_NEIGHBOURS);

  /**
   * Whether a goodbye counts. Other naras still pass on the goodbye of a nara that has come back.
   *
   * @param age how long ago the nara said it, by the two clocks; negative when its clock is ahead
   */
  boolean accepts(Presence.Offline goodbye, Duration age, Instant now) {
    Instant left = goodbye.firstHand() || age.isNegative() ? now : now.minus(age);
    Instant responded = respondedAt.get(goodbye.name());
    if (!goodbye.firstHand() && responded != null && responded.isAfter(left)) {
      return false;
    }
    leftAt.merge(goodbye.name(), left, Goodbyes::later);
    return true;
  }

  /** Whether a nara has said goodbye since a ping was sent. */
  boolean hasLeftSince(String name, Instant pingSentAt) {
    Instant left = leftAt.get(name);
    return left != null && !left.isBefore(pingSentAt);
  }

  /** A nara has responded to a ping. */
  void onResponse(String name, Instant pingSentAt) {
    respondedAt.merge(name, pingSentAt, Goodbyes::later);
  }

  /** A nara has announced itself since its goodbye. */
  void onReturn(String name) {
    leftAt.remove(name);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
