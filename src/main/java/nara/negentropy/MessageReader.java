package nara.negentropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads an untrusted message. It never reads beyond the end, allocates only for bytes that are
 * there, and requires ascending bounds.
 */
final class MessageReader {
  private final byte[] message;
  private int position;
  private Bound previousBound = Bound.START;

  /** Starts after the version byte. */
  MessageReader(byte[] message) {
    this.message = message;
    this.position = 1;
  }

  boolean atEnd() {
    return position == message.length;
  }

  /** Reads the upper bound of the next range. */
  Bound bound() throws MalformedMessageException {
    if (previousBound.timestamp() == Bound.INFINITY) {
      throw malformed("a range follows the range that ends at infinity");
    }
    long delta = varint();
    long timestamp = delta == 0 ? Bound.INFINITY : previousBound.timestamp() + (delta - 1);
    // The sum overflowed 64 bits, or it equals the code for infinity.
    if (delta != 0
        && (Long.compareUnsigned(timestamp, previousBound.timestamp()) < 0
            || timestamp == Bound.INFINITY)) {
      throw malformed("a bound's timestamp is over 64 bits");
    }
    long length = varint();
    if (Long.compareUnsigned(length, ItemId.BYTES) > 0) {
      throw malformed("a bound's id prefix has more than " + ItemId.BYTES + " bytes");
    }
    Bound bound = Bound.withPrefix(timestamp, message, skip((int) length), (int) length);
    if (previousBound.isAbove(bound.timestamp(), bound.prefix())) {
      throw malformed("a bound is below the one before it");
    }
    previousBound = bound;
    return bound;
  }

  /** Reads the mode of the next range. */
  int mode() throws MalformedMessageException {
    long mode = varint();
    if (Long.compareUnsigned(mode, MessageWriter.ID_LIST) > 0) {
      throw malformed("mode " + Long.toUnsignedString(mode) + " is unknown");
    }
    return (int) mode;
  }

  byte[] fingerprint() throws MalformedMessageException {
    int from = skip(IdSum.FINGERPRINT_BYTES);
    return Arrays.copyOfRange(message, from, position);
  }

  List<ItemId> idList() throws MalformedMessageException {
    long count = varint();
    if (Long.compareUnsigned(count, (message.length - position) / ItemId.BYTES) > 0) {
      throw malformed("a list of " + Long.toUnsignedString(count) + " ids does not fit");
    }
    List<ItemId> ids = new ArrayList<>((int) count);
    while (ids.size() < count) {
      ids.add(ItemId.of(message, skip(ItemId.BYTES)));
    }
    return ids;
  }

  private long varint() throws MalformedMessageException {
    long value = 0;
    int start = position;
    while (true) {
      int digit = message[skip(1)];
      if (value >>> 57 != 0) {
        throw malformed("a number is over 64 bits");
      }
      value = value << 7 | digit & 127;
      if (digit >= 0) {
        return value;
      }
      if (value == 0) {
        position = start;
        throw malformed("a number begins with a zero digit");
      }
    }
  }

  /** Moves on by so many bytes; returns the position before. */
  private int skip(int bytes) throws MalformedMessageException {
    if (bytes > message.length - position) {
      throw malformed("the message ends in the middle");
    }
    position += bytes;
    return position - bytes;
  }

  private MalformedMessageException malformed(String what) {
    return new MalformedMessageException("at byte " + position + ": " + what);
  }
}
