package nara.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The id of an event: the first 16 bytes of a SHA-256, as two big-endian longs. A ledger of
 * hundreds of thousands needs no string for each.
 */
public record EventId(long high, long low) implements Comparable<EventId> {
  /** Characters of an id in hex. */
  public static final int HEX_LENGTH = 32;

  private static final char[] DIGITS = "0123456789abcdef".toCharArray();

  /** The value of each byte as a hex digit; -1 when it is none. */
  private static final byte[] HEX_VALUES = hexValues();

  /** Reads 32 lower-case hex digits; anything else is no id. */
  public static Optional<EventId> parse(String hex) {
    return hex.length() == HEX_LENGTH
        ? Optional.ofNullable(parse(hex.getBytes(StandardCharsets.ISO_8859_1), 0))
        : Optional.empty();
  }

  /** Reads 32 lower-case hex digits at the offset; null when there are none. */
  public static EventId parse(byte[] bytes, int offset) {
    if (!isHex(bytes, offset)) {
      return null;
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < HEX_LENGTH / 2; i++) {
      high = high << 4 | HEX_VALUES[bytes[offset + i]];
      low = low << 4 | HEX_VALUES[bytes[offset + HEX_LENGTH / 2 + i]];
    }
    return new EventId(high, low);
  }

  /** Whether 32 lower-case hex digits stand at the offset. */
  public static boolean isHex(byte[] bytes, int offset) {
    if (offset + HEX_LENGTH > bytes.length) {
      return false;
    }
    int signs = 0;
    for (int i = 0; i < HEX_LENGTH; i++) {
      signs |= HEX_VALUES[bytes[offset + i] & 0xff];
    }
    return signs >= 0;
  }

  private static byte[] hexValues() {
    byte[] values = new byte[256];
    Arrays.fill(values, (byte) -1);
    for (int i = 0; i < DIGITS.length; i++) {
      values[DIGITS[i]] = (byte) i;
    }
    return values;
  }

  /** The same as {@code text.equals(toString())}, without a string: each event is checked. */
  boolean matchesHex(String text) {
    if (text.length() != HEX_LENGTH) {
      return false;
    }
    int differences = 0;
    for (int i = 0; i < HEX_LENGTH / 2; i++) {
      differences |= text.charAt(i) ^ DIGITS[(int) (high >>> 60 - 4 * i) & 15];
      differences |= text.charAt(HEX_LENGTH / 2 + i) ^ DIGITS[(int) (low >>> 60 - 4 * i) & 15];
    }
    return differences == 0;
  }

  @Override
  public int compareTo(EventId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  @Override
  public int hashCode() {
    return (int) high; // a hash already
  }

  /** The 32 hex digits. */
  @Override
  public String toString() {
    char[] text = new char[HEX_LENGTH];
    for (int i = 0; i < 16; i++) {
      text[i] = DIGITS[(int) (high >>> 60 - 4 * i) & 15];
      text[16 + i] = DIGITS[(int) (low >>> 60 - 4 * i) & 15];
    }
    return new String(text);
  }
}
