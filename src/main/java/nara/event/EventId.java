package nara.event;

import java.util.Arrays;
import java.util.Optional;

/**
 * An event's id: the first 16 bytes of a SHA-256, as two longs, so that a ledger of hundreds of
 * thousands costs no string for each.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record EventId(long high, long low) implements Comparable<EventId> {
  /** Characters of an id in hex. */
  public static final int HEX_LENGTH = 32;

  private static final char[] DIGITS = "0123456789abcdef".toCharArray();

  /** What each byte is worth as a hex digit; below zero when it is none. */
  private static final byte[] HEX_VALUES = hexValues();

  /** Reads 32 lower-case hex digits; anything else is no id. */
  public static Optional<EventId> parse(CharSequence hex) {
    if (hex.length() != HEX_LENGTH) {
      return Optional.empty();
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < HEX_LENGTH; i++) {
      int digit = digit(hex.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      if (i < HEX_LENGTH / 2) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    return Optional.of(new EventId(high, low));
  }

  /** Reads 32 lower-case hex digits out of bytes; null when they are not. */
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

  /** Whether 32 lower-case hex digits stand there. */
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

  private static int digit(char c) {
    return c < HEX_VALUES.length ? HEX_VALUES[c] : -1;
  }

  private static byte[] hexValues() {
    byte[] worth = new byte[256];
    Arrays.fill(worth, (byte) -1);
    for (int i = 0; i < DIGITS.length; i++) {
      worth[DIGITS[i]] = (byte) i;
    }
    return worth;
  }

  /** Whether the text is this id's 32 hex digits. */
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

  /** Order of the hex text, which is the order of the bytes. */
  @Override
  public int compareTo(EventId other) {
    int first = Long.compareUnsigned(high, other.high);
    return first != 0 ? first : Long.compareUnsigned(low, other.low);
  }

  @Override
  public int hashCode() {
    // The bytes are a hash already; 32 of their bits are as good as any.
    return (int) high;
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
