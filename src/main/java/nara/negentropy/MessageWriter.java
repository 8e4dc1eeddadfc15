package nara.negentropy;

import java.util.Arrays;

/** Writes a message, range by range; the times of its bounds are told as steps. */
final class MessageWriter {
  /** The protocol's version, and the first byte of every message. */
  static final int VERSION = 0x61;

  static final int SKIP = 0;
  static final int FINGERPRINT = 1;
  static final int ID_LIST = 2;

  private byte[] bytes = new byte[256];
  private int length;
  private long lastTime;

  /** An empty message. */
  static MessageWriter start() {
    MessageWriter writer = new MessageWriter();
    writer.put(VERSION);
    return writer;
  }

  int length() {
    return length;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  void skip(Bound upper) {
    writeRangeHeader(upper, SKIP);
  }

  void fingerprint(Bound upper, byte[] fingerprint) {
    writeRangeHeader(upper, FINGERPRINT);
    bytes(fingerprint);
  }

  /** Lists ids from a rank on to before another one. */
  void idList(Bound upper, Items items, int from, int to) {
    writeRangeHeader(upper, ID_LIST);
    varint(to - from);
    items.visit(
        from,
        to,
        id -> {
          bytes(id.bytes());
          return true;
        });
  }

  private void writeRangeHeader(Bound upper, int mode) {
    if (upper.time() == Bound.INFINITY) {
      varint(0);
    } else {
      varint(1 + upper.time() - lastTime);
      lastTime = upper.time();
    }
    varint(upper.prefixLength());
    bytes(upper.prefix().bytes(), upper.prefixLength());
    varint(mode);
  }

  /** An unsigned number of 64 bits in base 128, the most significant digit first. */
  void varint(long value) {
    int digits = Math.max(1, Math.ceilDiv(64 - Long.numberOfLeadingZeros(value), 7));
    for (int i = digits - 1; i >= 0; i--) {
      put((int) (value >>> 7 * i & 127) | (i == 0 ? 0 : 128));
    }
  }

  void bytes(byte[] some) {
    bytes(some, some.length);
  }

  private void bytes(byte[] some, int count) {
    ensureRoom(count);
    System.arraycopy(some, 0, bytes, length, count);
    length += count;
  }

  private void put(int oneByte) {
    ensureRoom(1);
    bytes[length++] = (byte) oneByte;
  }

  private void ensureRoom(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * length));
    }
  }
}
