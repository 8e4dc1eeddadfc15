package nara.reconcile;

import java.util.Arrays;

/**
 * Reads a message that may be anything: nothing is read beyond its end, nothing is allocated that
 * is not there, and bounds must ascend.
 */
final class MessageReader {
  private final byte[] message;
  private int at;
  private Bound last = Bound.START;

  /** Begins after the version, which has been looked at. */
  MessageReader(byte[] message) {
    this.message = message;
    this.at = 1;
  }

  boolean atEnd() {
    return at == message.length;
  }

  /** The upper bound of the next range. */
  Bound bound() throws BadMessage {
    if (last.time() == Bound.INFINITY) {
      throw bad("a range follows the one that ends at infinity");
    }
    long step = varint();
    long time = step == 0 ? Bound.INFINITY : last.time() + (step - 1);
    // A sum that runs over 64 bits, or reaches what stands for infinity.
    if (step != 0 && (Long.compareUnsigned(time, last.time()) < 0 || time == Bound.INFINITY)) {
      throw bad("a bound's time is over 64 bits");
    }
    long length = varint();
    if (Long.compareUnsigned(length, ItemId.BYTES) > 0) {
      throw bad("a bound's prefix has more than " + ItemId.BYTES + " bytes");
    }
    need(length);
    Bound bound = Bound.prefixed(time, message, at, (int) length);
    at += (int) length;
    if (!last.upTo(bound)) {
      throw bad("a bound is below the one before it");
    }
    last = bound;
    return bound;
  }

  /** What the next range holds. */
  int mode() throws BadMessage {
    long mode = varint();
    if (Long.compareUnsigned(mode, MessageWriter.ID_LIST) > 0) {
      throw bad("mode " + Long.toUnsignedString(mode) + " is unknown");
    }
    return (int) mode;
  }

  byte[] fingerprint() throws BadMessage {
    need(Sum.FINGERPRINT_BYTES);
    at += Sum.FINGERPRINT_BYTES;
    return Arrays.copyOfRange(message, at - Sum.FINGERPRINT_BYTES, at);
  }

  /** How many ids the list has that begins here; they are all there. */
  int idCount() throws BadMessage {
    long count = varint();
    if (Long.compareUnsigned(count, (message.length - at) / ItemId.BYTES) > 0) {
      throw bad("a list of " + Long.toUnsignedString(count) + " ids does not fit");
    }
    return (int) count;
  }

  ItemId id() throws BadMessage {
    need(ItemId.BYTES);
    at += ItemId.BYTES;
    return ItemId.of(message, at - ItemId.BYTES);
  }

  private long varint() throws BadMessage {
    long value = 0;
    int start = at;
    while (true) {
      need(1);
      int digit = message[at++];
      if (value >>> 57 != 0) {
        throw bad("a number is over 64 bits");
      }
      value = value << 7 | digit & 127;
      if (digit >= 0) {
        return value;
      }
      if (value == 0) {
        throw new BadMessage("at byte " + start + ": a number begins with a zero digit");
      }
    }
  }

  private void need(long bytes) throws BadMessage {
    if (bytes > message.length - at) {
      throw bad("the message ends in the middle");
    }
  }

  private BadMessage bad(String what) {
    return new BadMessage("at byte " + at + ": " + what);
  }
}
