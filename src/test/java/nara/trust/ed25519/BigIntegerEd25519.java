package nara.trust.ed25519;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A slow and plain implementation of the rule: on BigIntegers, in affine coordinates, from the
 * definitions. Shares no code with the tested one.
 */
final class BigIntegerEd25519 {
  static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);

  /** A point (x, y), both below P. */
  record Affine(BigInteger x, BigInteger y) {
    Affine plus(Affine other) {
      BigInteger xx = x.multiply(other.x);
      BigInteger yy = y.multiply(other.y);
      BigInteger product = D.multiply(xx.mod(P)).multiply(yy.mod(P)).mod(P);
      BigInteger up = x.multiply(other.y).add(y.multiply(other.x));
      BigInteger across = yy.add(xx);
      BigInteger one = BigInteger.ONE;
      // One inversion for both quotients.
      BigInteger below = one.add(product).multiply(one.subtract(product)).mod(P).modInverse(P);
      return new Affine(
          up.multiply(one.subtract(product)).multiply(below).mod(P),
          across.multiply(one.add(product)).multiply(below).mod(P));
    }

    Affine minus() {
      return new Affine(P.subtract(x).mod(P), y);
    }

    Affine times(BigInteger scalar) {
      Affine sum = NEUTRAL;
      for (int i = scalar.bitLength() - 1; i >= 0; i--) {
        sum = sum.plus(sum);
        if (scalar.testBit(i)) {
          sum = sum.plus(this);
        }
      }
      return sum;
    }

    byte[] encoded() {
      byte[] bytes = littleEndian(y);
      bytes[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
      return bytes;
    }
  }

  static final Affine NEUTRAL = new Affine(BigInteger.ZERO, BigInteger.ONE);
  static final Affine B =
      decode(
              littleEndian(
                  BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P)))
          .orElseThrow();

  private BigIntegerEd25519() {}

  /** The 32 bytes, little-endian, of a number below 2^256. */
  static byte[] littleEndian(BigInteger number) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 32; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  /** The number in little-endian bytes. */
  static BigInteger number(byte[] bytes, int from, int to) {
    byte[] big = new byte[to - from];
    for (int i = from; i < to; i++) {
      big[to - 1 - i] = bytes[i];
    }
    return new BigInteger(1, big);
  }

  /** Decodes as Go does: y may be P or more, x = 0 may have a sign. */
  static Optional<Affine> decode(byte[] bytes) {
    BigInteger y = number(bytes, 0, 32).clearBit(255).mod(P);
    BigInteger y2 = y.multiply(y);
    BigInteger x2 =
        y2.subtract(BigInteger.ONE)
            .multiply(D.multiply(y2).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    BigInteger x = x2.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!x.multiply(x).mod(P).equals(x2)) {
      x = x.multiply(BigInteger.TWO.modPow(P.shiftRight(2), P)).mod(P);
    }
    if (!x.multiply(x).mod(P).equals(x2)) {
      return Optional.empty();
    }
    boolean odd = bytes[31] < 0;
    return Optional.of(new Affine(x.testBit(0) == odd ? x : P.subtract(x).mod(P), y));
  }

  /** SHA-512 of the parts, as a number below L. */
  static BigInteger challenge(byte[] r, byte[] key, byte[] message) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      digest.update(r);
      digest.update(key);
      digest.update(message);
      return number(digest.digest(), 0, 64).mod(L);
    } catch (NoSuchAlgorithmException missing) {
      throw new AssertionError(missing);
    }
  }

  static boolean verify(byte[] key, byte[] message, byte[] signature) {
    if (key.length != 32 || signature.length != 64) {
      return false;
    }
    BigInteger s = number(signature, 32, 64);
    Optional<Affine> a = decode(key);
    if (s.compareTo(L) >= 0 || a.isEmpty()) {
      return false;
    }
    byte[] r = Arrays.copyOf(signature, 32);
    BigInteger k = challenge(r, key, message);
    return Arrays.equals(r, B.times(s).plus(a.get().minus().times(k)).encoded());
  }
}
