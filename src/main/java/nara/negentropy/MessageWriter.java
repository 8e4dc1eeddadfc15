package nara.negentropy;

import java.io.ByteArrayOutputStream;

/** Writes a message range by range. Timestamps of bounds are written as differences. */
final class MessageWriter {
  /** The protocol's version 1, the first byte of every message. */
  static final int VERSION = 0x61;

  static final int SKIP = 0;
  static final int FINGERPRINT = 1;
  static final int ID_LIST = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);
  private long previousTimestamp;

  /** An empty message. */
  static MessageWriter start() {
    MessageWriter writer = new MessageWriter();
    writer.out.write(VERSION);
    return writer;
  }

  int length() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  void skip(Bound upper) {
    range(upper, SKIP);
  }

  /** Writes the fingerprint of the items from one rank to before another. */
  void fingerprint(Bound upper, Items items, int from, int to) {
    range(upper, FINGERPRINT);
    out.writeBytes(items.sum(from, to).fingerprint(to - from));
  }

  /** Writes the ids from one rank to before another. */
  void idList(Bound upper, Items items, int from, int to) {
    range(upper, ID_LIST);
    varint(to - from);
    items.visit(
        from,
        to,
        id -> {
          out.writeBytes(id.bytes());
          return true;
        });
  }

  private void range(Bound upper, int mode) {
    if (upper.timestamp() == Bound.INFINITY) {
      varint(0);
    } else {
      varint(1 + upper.timestamp() - previousTimestamp);
      previousTimestamp = upper.timestamp();
    }
    varint(upper.prefixLength());
    bytes(upper.prefix().bytes(), upper.prefixLength());
    varint(mode);
  }

  /** Writes an unsigned number in base 128, the most significant digit first. */
  void varint(long value) {
    int digits = Math.max(1, Math.ceilDiv(64 - Long.numberOfLeadingZeros(value), 7));
    for (int i = digits - 1; i >= 0; i--) {
      out.write((int) (value >>> 7 * i & 127) | (i == 0 ? 0 : 128));
    }
  }

  void bytes(byte[] bytes, int count) {
    out.write(bytes, 0, count);
  }
}
