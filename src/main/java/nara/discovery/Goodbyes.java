package nara.discovery;

import java.time.Instant;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.presence.Presence;

/**
 * Decides between a nara's goodbye and its response to a ping: the newer one counts. A response is
 * as old as its ping, because a nara that stops may still respond after its goodbye. Not
 * thread-safe.
 */
final class Goodbyes {
  private final Map<String, Instant> leftAt = BoundedMap.lru(KnownNeighbours.MAX_NEIGHBOURS);

  /** When the last ping was sent that a nara responded to. */
  private final Map<String, Instant> respondedAt = BoundedMap.lru(KnownNeighbours.MAX_NEIGHBOURS);

  /**
   * Whether a goodbye counts. Other naras still pass it on when the nara has come back.
   *
   * @param now by this node's clock
   */
  boolean accepts(Presence.Offline goodbye, Instant now) {
    // The clock of the nara that left may be ahead.
    Instant left = goodbye.firstHand() || goodbye.leftAt().isAfter(now) ? now : goodbye.leftAt();
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
