package nara.mqtt;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.event.Event;
import nara.mqtt.wire.PlazaMessage;

/**
 * Tells the announcements of this process, which the broker sends back to it, from those of another
 * process with the same soul. Not thread-safe.
 */
final class OwnEcho {
  /** The broker sends an announcement back at once. */
  private static final int MAX_PUBLISHED = 16;

  /**
   * The clock of the other process may be behind. Older announcements are from before a restart.
   */
  private static final Duration MAX_AGE = Duration.ofMinutes(1);

  private final long earliestTs;
  private final Map<ByteBuffer, Boolean> published = BoundedMap.fifo(MAX_PUBLISHED);

  /**
   * @param start of this process
   */
  OwnEcho(Instant start) {
    this.earliestTs = Event.unixNanos(start.minus(MAX_AGE));
  }

  void onPublished(byte[] heyThere) {
    published.put(ByteBuffer.wrap(heyThere), true);
  }

  /** Whether another process signed this announcement with this node's key, since the start. */
  boolean isFromAnotherProcess(PlazaMessage.VerifiedHeyThere heyThere) {
    return heyThere.ts() > earliestTs && !published.containsKey(ByteBuffer.wrap(heyThere.json()));
  }
}
