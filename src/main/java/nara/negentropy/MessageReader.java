package nara.negentropy;

import java.util.Arrays;

/**
 * Reads a message that may be anything: nothing is read beyond its end, nothing is allocated that
 * is not there, and bounds must ascend.
 */
final class MessageReader {
  private final byte[] message;
  private int position;
  private Bound previousBound = Bound.START;

  /** Begins after the version, which has been looked at. */
  MessageReader(byte[] message) {
    this.message = message;
    this.position = 1;
  }

  boolean atEnd() {
    return position == message.length;
  }

  /** The upper bound of the next range. */
  Bound bound() throws MalformedMessageException {
    if (previousBound.time() == Bound.INFINITY) {
      throw malformed("a range follows the one that ends at infinity");
    }
    long delta = varint();
    long time = delta == 0 ? Bound.INFINITY : previousBound.time() + (delta - 1);
    // A sum that runs over 64 bits, or reaches what stands for infinity.
    if (delta != 0
        && (Long.compareUnsigned(time, previousBound.time()) < 0 || time == Bound.INFINITY)) {
      throw malformed("a bound's time is over 64 bits");
    }
    long length = varint();
    if (Long.compareUnsigned(length, ItemId.BYTES) > 0) {
      throw malformed("a bound's prefix has more than " + ItemId.BYTES + " bytes");
    }
    require(length);
    Bound bound = Bound.withPrefix(time, message, position, (int) length);
    position += (int) length;
    if (!previousBound.isAtMost(bound)) {
      throw malformed("a bound is below the one before it");
    }
    previousBound = bound;
    return bound;
  }

  /** What the next range holds. */
  int mode() throws MalformedMessageException {
    long mode = varint();
    if (Long.compareUnsigned(mode, MessageWriter.ID_LIST) > 0) {
      throw malformed("mode " + Long.toUnsignedString(mode) + " is unknown");
    }
    return (int) mode;
  }

  byte[] fingerprint() throws MalformedMessageException {
    require(IdSum.FINGERPRINT_BYTES);
    position += IdSum.FINGERPRINT_BYTES;
    return Arrays.copyOfRange(message, position - IdSum.FINGERPRINT_BYTES, position);
  }

  /** How many ids the list has that begins here; they are all there. */
  int idCount() throws MalformedMessageException {
    long count = varint();
    if (Long.compareUnsigned(count, (message.length - position) / ItemId.BYTES) > 0) {
      throw malformed("a list of " + Long.toUnsignedString(count) + " ids does not fit");
    }
    return (int) count;
  }

  ItemId id() throws MalformedMessageException {
    require(ItemId.BYTES);
    position += ItemId.BYTES;
    return ItemId.of(message, position - ItemId.BYTES);
  }

  private long varint() throws MalformedMessageException {
    long value = 0;
    int start = position;
    while (true) {
      require(1);
      int digit = message[position++];
      if (value >>> 57 != 0) {
        throw malformed("a number is over 64 bits");
      }
      value = value << 7 | digit & 127;
      if (digit >= 0) {
        return value;
      }
      if (value == 0) {
        throw new MalformedMessageException(
            "at byte " + start + ": a number begins with a zero digit");
      }
    }
  }

  private void require(long bytes) throws MalformedMessageException {
    if (bytes > message.length - position) {
      throw malformed("the message ends in the middle");
    }
  }

  private MalformedMessageException malformed(String what) {
    return new MalformedMessageException("at byte " + position + ": " + what);
  }
}
