package nara.mqtt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The largest message that the broker takes. A broker of MQTT 3.1.1 does not tell its limit: it
 * ends the connection at a larger message, each time. So a connection that is lost during a large
 * publish, or right after it, halves the bound. It stays so until this node restarts.
 *
 * <p>Pure but for the clock; not thread-safe.
 */
final class MessageBound {
  private static final class LargeMessage {
    private final int bytes;
    private long writtenAtNanos = Long.MAX_VALUE;

    LargeMessage(int bytes) {
      this.bytes = bytes;
    }
  }

  private final LongSupplier nanoTime;
  private final List<LargeMessage> recent = new ArrayList<>();
  private int bytes;

  /**
   * @param bytes the bound that the operator configured
   */
  MessageBound(int bytes, LongSupplier nanoTime) {
    this.bytes = bytes;
    this.nanoTime = nanoTime;
  }

  /** The bound of a message, with its topic and framing. */
  int bytes() {
    return bytes;
  }

  /** Publishing a message begins. The result is to be called when it is written. */
  Runnable onPublish(int size) {
    forgetOld();
    if (size <= MqttLimits.MIN_MESSAGE_BOUND) {
      return () -> {};
    }
    LargeMessage large = new LargeMessage(size);
    recent.add(large);
    return () -> large.writtenAtNanos = nanoTime.getAsLong();
  }

  /** The connection was lost. Returns whether the bound is smaller now. */
  boolean onConnectionLost() {
    forgetOld();
    int largest = recent.stream().mapToInt(message -> message.bytes).max().orElse(0);
    recent.clear();
    if (largest == 0) {
      return false;
    }
    int before = bytes;
    bytes = Math.min(bytes, Math.max(MqttLimits.MIN_MESSAGE_BOUND, largest / 2));
    return bytes < before;
  }

  private void forgetOld() {
    long now = nanoTime.getAsLong();
    recent.removeIf(
        message ->
            message.writtenAtNanos != Long.MAX_VALUE
                && now - message.writtenAtNanos > MqttLimits.LARGE_PUBLISH_GRACE.toNanos());
  }
}
