package nara.mqtt;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The largest message that the broker takes. A broker of MQTT 3.1.1 does not tell its limit: it
 * ends the connection at a larger message, each time. So a connection that is lost during a large
 * publish, or right after it, halves the bound.
 *
 * <p>One loss may have another cause, so the bound doubles again after ten minutes, up to the
 * configured one. Two losses in a row at a like size confirm the limit: then the bound doubles
 * after a day. A loss without a large message, or a message of that size that gets through, ends
 * the row.
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
  private final int configuredBytes;
  private int bytes;

  /** The size at which the last connection was lost; 0 when the row has ended. */
  private int suspectBytes;

  private boolean confirmed;

  /** Of the last loss at a large message, or of the last doubling. */
  private long changedAtNanos;

  /**
   * @param bytes the bound that the operator configured
   */
  MessageBound(int bytes, LongSupplier nanoTime) {
    this.configuredBytes = bytes;
    this.bytes = bytes;
    this.nanoTime = nanoTime;
  }

  /** The bound of a message, with its topic and framing. */
  int bytes() {
    long now = nanoTime.getAsLong();
    Duration recovery = confirmed ? MqttLimits.CONFIRMED_BOUND_RECOVERY : MqttLimits.BOUND_RECOVERY;
    long wait = recovery.toNanos();
    while (bytes < configuredBytes && now - changedAtNanos >= wait) {
      bytes = (int) Math.min(configuredBytes, 2L * bytes);
      changedAtNanos += wait;
    }
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
    int before = bytes();
    int suspect = suspectBytes;
    suspectBytes = largest;
    if (largest == 0) {
      return false;
    }
    confirmed = isLike(suspect, largest);
    changedAtNanos = nanoTime.getAsLong();
    bytes = Math.min(before, Math.max(MqttLimits.MIN_MESSAGE_BOUND, largest / 2));
    return bytes < before;
  }

  /** After a loss, messages have at most half the size. */
  private static boolean isLike(int one, int other) {
    return Math.max(one, other) <= 4L * Math.min(one, other);
  }

  private void forgetOld() {
    long now = nanoTime.getAsLong();
    recent.removeIf(message -> gotThrough(message, now));
  }

  /** The connection outlived the message: a loss clears the list. */
  private boolean gotThrough(LargeMessage message, long now) {
    boolean through =
        message.writtenAtNanos != Long.MAX_VALUE
            && now - message.writtenAtNanos > MqttLimits.LARGE_PUBLISH_GRACE.toNanos();
    if (through && message.bytes >= suspectBytes) {
      suspectBytes = 0;
    }
    return through;
  }
}
