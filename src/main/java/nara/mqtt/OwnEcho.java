package nara.mqtt;

import java.nio.ByteBuffer;
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
  private final long earliestTs;
  private final Map<ByteBuffer, Boolean> published =
      BoundedMap.fifo(MqttLimits.MAX_OWN_ANNOUNCEMENTS);

  /**
   * @param start of this process
   */
  OwnEcho(Instant start) {
    this.earliestTs = Event.unixNanos(start.minus(MqttLimits.OWN_ANNOUNCEMENT_AGE));
  }

  void onPublished(byte[] heyThere) {
    published.put(ByteBuffer.wrap(heyThere), true);
  }

  /** Whether another process signed this announcement with this node's key, since the start. */
  boolean isFromAnotherProcess(PlazaMessage.VerifiedHeyThere heyThere) {
    return heyThere.ts() > earliestTs && !published.containsKey(ByteBuffer.wrap(heyThere.json()));
  }
}
