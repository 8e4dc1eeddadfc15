package nara.trust.ed25519;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Signatures that share one inversion. Adding a signature computes its [S]B − [k]A; at the end all
 * of these points are encoded and compared with their R. Used by one thread.
 */
final class SignatureBatch {
  static final int KEY_LENGTH = 32;
  static final int SIGNATURE_LENGTH = 64;

  private final KeyTables tables;
  private final WindowTable base;
  private final long now;
  private final MessageDigest sha512;
  private final byte[] hash = new byte[64];
  private final byte[] encoded = new byte[KEY_LENGTH];
  private final long[] scalar = new long[Scalar.LONGS];
  private final int[] baseDigits = new int[Scalar.windows(WindowTable.MIN_WIDTH)];
  private final int[] keyDigits = new int[Scalar.windows(WindowTable.MIN_WIDTH)];
  private final Point sum = new Point();
  private final AffineBatch results;
  private final int[] numbers;
  private VariableBaseMultiplier multiplier;
  private int size;

  /** Result of {@link WindowTable#prefetch}; a field, so that the reads are not optimised away. */
  private long prefetched;

  SignatureBatch(KeyTables tables, WindowTable base, int capacity) {
    this.tables = tables;
    this.base = base;
    this.now = tables.tick();
    this.results = new AffineBatch(capacity);
    this.numbers = new int[capacity];
    try {
      this.sha512 = MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException noSha512) {
      throw new IllegalStateException("this JVM has no SHA-512", noSha512);
    }
  }

  /**
   * Adds one signature. One that breaks the rule already is not added, so its answer stays false.
   *
   * @param number the index of its answer
   */
  void add(int number, byte[] key, byte[] message, byte[] signature) {
    if (key.length != KEY_LENGTH
        || signature.length != SIGNATURE_LENGTH
        || !Scalar.isBelowOrder(signature, KEY_LENGTH)) {
      return;
    }
    WindowTable table = tables.find(key, now, SignatureBatch::opposite);
    Point point = table == null ? opposite(key) : null;
    if (table == null && point == null) {
      return;
    }
    Scalar.decode(scalar, signature, KEY_LENGTH);
    Scalar.digits(baseDigits, scalar, base.width());
    hash(key, message, signature);
    Scalar.reduce(scalar, hash);
    prefetched ^= base.prefetch(baseDigits);
    if (table != null) {
      Scalar.digits(keyDigits, scalar, table.width());
      prefetched ^= table.prefetch(keyDigits);
      sum.setNeutral();
      table.add(sum, keyDigits);
    } else {
      if (multiplier == null) {
        multiplier = new VariableBaseMultiplier();
      }
      multiplier.multiply(sum, scalar, point);
    }
    base.add(sum, baseDigits);
    results.add(sum);
    numbers[size++] = number;
  }

  /** Writes the answers of the added signatures, then removes them. */
  void finish(byte[][] signatures, boolean[] answers) {
    if (size > 0) {
      results.invert();
      for (int i = 0; i < size; i++) {
        results.encode(encoded, 0, i);
        answers[numbers[i]] =
            Arrays.equals(encoded, 0, KEY_LENGTH, signatures[numbers[i]], 0, KEY_LENGTH);
      }
    }
    results.clear();
    size = 0;
  }

  /** −A, or null when the key encodes no point. */
  private static Point opposite(byte[] key) {
    Point point = new Point();
    if (!point.decode(key, 0)) {
      return null;
    }
    point.negate();
    return point;
  }

  private void hash(byte[] key, byte[] message, byte[] signature) {
    sha512.update(signature, 0, KEY_LENGTH);
    sha512.update(key);
    sha512.update(message);
    try {
      sha512.digest(hash, 0, hash.length);
    } catch (DigestException tooShort) {
      throw new IllegalStateException("SHA-512 gave more than 64 bytes", tooShort);
    }
  }
}
