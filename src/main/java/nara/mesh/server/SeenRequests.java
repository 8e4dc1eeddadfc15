package nara.mesh.server;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Remembers signed requests while their signatures are valid. A signature covers neither the
 * recipient nor a nonce, so a peer can send the requests that it received once more elsewhere.
 *
 * <p>An honest peer may repeat a signature, too: it signs the millisecond and the path, so two
 * requests at once have the same. But it sends them from one address. The oldest are forgotten when
 * there are too many.
 *
 * <p>Lives on one event loop.
 */
final class SeenRequests {
  /** How a request relates to those before it. */
  enum Sighting {
    FIRST,
    /** Its signature came before, from this address. */
    REPEATED,
    /** Its signature came before, from another address first. */
    REPEATED_ELSEWHERE
  }

  private record Seen(String address, long atNanos) {}

  private final int maxRequests;
  private final long keptNanos;
  private final LongSupplier nanoTime;
  private final Map<Long, Seen> requests = new LinkedHashMap<>();

  SeenRequests(int maxRequests, Duration kept, LongSupplier nanoTime) {
    this.maxRequests = maxRequests;
    this.keptNanos = kept.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Notes an authenticated request.
   *
   * @param messageHash of what is signed
   * @param address the source address
   */
  Sighting note(long messageHash, String address) {
    long now = nanoTime.getAsLong();
    forgetExpired(now);
    Seen before = requests.putIfAbsent(messageHash, new Seen(address, now));
    if (before == null) {
      return Sighting.FIRST;
    }
    return before.address().equals(address) ? Sighting.REPEATED : Sighting.REPEATED_ELSEWHERE;
  }

  int size() {
    return requests.size();
  }

  private void forgetExpired(long now) {
    Iterator<Seen> oldest = requests.values().iterator();
    while (oldest.hasNext()) {
      boolean expired = now - oldest.next().atNanos() > keptNanos;
      if (!expired && requests.size() < maxRequests) {
        return;
      }
      oldest.remove();
    }
  }
}
