package nara.identity;

import java.util.Arrays;
import java.util.Optional;

/**
 * Base58 with the Bitcoin alphabet: how souls and nara ids are written.
 *
 * <p>It exists here because neither the JDK nor Bouncy Castle has it. Each leading zero byte is one
 * leading {@code 1}, so every byte string has exactly one text and every text at most one byte
 * string.
 */
public final class Base58 {
  /**
   * Characters that {@link #decode} looks at, at most. Decoding costs the square of the length; a
   * soul needs 55 characters and an id 44, so nothing longer than this means anything here.
   */
  public static final int MAX_DECODED_CHARACTERS = 128;

  private static final char[] ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".toCharArray();
  private static final byte[] DIGITS = new byte[128];

  static {
    Arrays.fill(DIGITS, (byte) -1);
    for (int digit = 0; digit < ALPHABET.length; digit++) {
      DIGITS[ALPHABET[digit]] = (byte) digit;
    }
  }

  private Base58() {}

  /** The text of the bytes; empty for none. Costs the square of the length. */
  public static String encode(byte[] bytes) {
    int zeros = leading(bytes);
    // log(256) / log(58) is a little under 1.38 digits for each byte.
    byte[] digits = new byte[(bytes.length - zeros) * 138 / 100 + 1];
    int used = 0;
    for (int i = zeros; i < bytes.length; i++) {
      used = multiplyAdd(digits, used, 256, bytes[i] & 0xff, 58);
    }
    StringBuilder text = new StringBuilder(zeros + used);
    text.repeat(ALPHABET[0], zeros);
    for (int i = used - 1; i >= 0; i--) {
      text.append(ALPHABET[digits[i]]);
    }
    return text.toString();
  }

  /**
   * The bytes of the text; empty when a character is not of the alphabet or the text is longer than
   * {@link #MAX_DECODED_CHARACTERS}.
   */
  public static Optional<byte[]> decode(String text) {
    if (text.length() > MAX_DECODED_CHARACTERS) {
      return Optional.empty();
    }
    int ones = 0;
    while (ones < text.length() && text.charAt(ones) == ALPHABET[0]) {
      ones++;
    }
    byte[] reversed = new byte[text.length() - ones];
    int used = 0;
    for (int i = ones; i < text.length(); i++) {
      char character = text.charAt(i);
      int digit = character < DIGITS.length ? DIGITS[character] : -1;
      if (digit < 0) {
        return Optional.empty();
      }
      used = multiplyAdd(reversed, used, 58, digit, 256);
    }
    byte[] bytes = new byte[ones + used];
    for (int i = 0; i < used; i++) {
      bytes[ones + i] = reversed[used - 1 - i];
    }
    return Optional.of(bytes);
  }

  /**
   * number ← number · factor + addend, where number has {@code used} digits in the given base,
   * lowest first. Returns how many digits it has afterwards.
   */
  private static int multiplyAdd(byte[] number, int used, int factor, int addend, int base) {
    int carry = addend;
    for (int i = 0; i < used; i++) {
      carry += (number[i] & 0xff) * factor;
      number[i] = (byte) (carry % base);
      carry /= base;
    }
    int digits = used;
    while (carry > 0) {
      number[digits++] = (byte) (carry % base);
      carry /= base;
    }
    return digits;
  }

  private static int leading(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    return zeros;
  }
}
