package nara.identity;

import java.math.BigInteger;
import java.util.Optional;

/**
 * Base58 with the Bitcoin alphabet, for souls and nara ids. Each leading zero byte is one leading
 * {@code 1}: every byte string has exactly one text.
 */
public final class Base58 {
  /**
   * Characters that {@link #decode} accepts. Decoding costs the square of the length; a soul has 55
   * characters and an id 44.
   */
  public static final int MAX_DECODED_CHARACTERS = 128;

  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final BigInteger BASE = BigInteger.valueOf(ALPHABET.length());

  private Base58() {}

  /** The text of the bytes. Costs the square of the length. */
  public static String encode(byte[] bytes) {
    StringBuilder reversed = new StringBuilder();
    for (BigInteger rest = new BigInteger(1, bytes); rest.signum() > 0; rest = rest.divide(BASE)) {
      reversed.append(ALPHABET.charAt(rest.mod(BASE).intValue()));
    }
    for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
      reversed.append(ALPHABET.charAt(0));
    }
    return reversed.reverse().toString();
  }

  /** The bytes of the text; empty when it is too long or not Base58. */
  public static Optional<byte[]> decode(String text) {
    if (text.length() > MAX_DECODED_CHARACTERS) {
      return Optional.empty();
    }
    BigInteger number = BigInteger.ZERO;
    int zeros = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      zeros += digit == 0 && zeros == i ? 1 : 0;
      number = number.multiply(BASE).add(BigInteger.valueOf(digit));
    }
    int length = Math.ceilDiv(number.bitLength(), 8);
    byte[] signed = number.toByteArray();
    byte[] bytes = new byte[zeros + length];
    System.arraycopy(signed, signed.length - length, bytes, zeros, length);
    return Optional.of(bytes);
  }
}
