package nara.trust.ed25519;

import java.util.Arrays;
import java.util.Objects;

/**
 * Verifies Ed25519 signatures exactly by the rule of Go's {@code crypto/ed25519}:
 *
 * <ol>
 *   <li>the key has 32 bytes and the signature 64: R, then S;
 *   <li>S is below L;
 *   <li>the key encodes a point A of the curve; its y may be p or more, and x = 0 may have a sign;
 *   <li>with k = SHA-512(R ‖ key ‖ message) mod L, all as received, the canonical encoding of [S]B
 *       − [k]A equals the 32 bytes R.
 * </ol>
 *
 * <p>Only the way to [S]B − [k]A differs: additions from tables of B and of the keys that sign
 * much, and one inversion for many signatures. Safe for concurrent use.
 */
public final class Ed25519 {
  /** Bits of a window of the table of B, which all share: 23 additions, 2.8 MB. */
  static final int BASE_WIDTH = 11;

  /** Signatures that share an inversion; more would save little and not fit into the caches. */
  static final int BATCH_SIZE = 128;

  /** Made once: the table of B costs as much as some thousand signatures. */
  private static final class Base {
    private static final WindowTable TABLE = new WindowTable(point(), BASE_WIDTH);

    private static Point point() {
      byte[] encoded = new byte[32];
      Arrays.fill(encoded, (byte) 0x66);
      encoded[0] = 0x58;
      Point point = new Point();
      if (!point.decode(encoded, 0)) {
        throw new AssertionError("the base point is on the curve");
      }
      return point;
    }
  }

  /** Makes the table of B, unless it is there; the first verification would make it. */
  public static void makeBaseTable() {
    Objects.requireNonNull(Base.TABLE);
  }

  private final KeyTables tables;

  /**
   * @param width bits of a window of a key's table, 4 to 12
   * @param capacity keys that may have a table
   * @param threshold signatures of a key that are verified before it gets a table
   */
  public Ed25519(int width, int capacity, int threshold) {
    this.tables = new KeyTables(width, capacity, threshold);
  }

  /**
   * Answers for each signature by itself. The three arrays have one length; their elements may have
   * any.
   *
   * @return one answer for each signature, in order
   */
  public boolean[] verify(byte[][] keys, byte[][] messages, byte[][] signatures) {
    int size = keys.length;
    if (messages.length != size || signatures.length != size) {
      throw new IllegalArgumentException(
          size + " keys, " + messages.length + " messages, " + signatures.length + " signatures");
    }
    boolean[] answers = new boolean[size];
    SignatureBatch batch = new SignatureBatch(tables, Base.TABLE, Math.min(size, BATCH_SIZE));
    for (int from = 0; from < size; from += BATCH_SIZE) {
      for (int i = from; i < Math.min(size, from + BATCH_SIZE); i++) {
        batch.add(i, keys[i], messages[i], signatures[i]);
      }
      batch.finish(signatures, answers);
    }
    return answers;
  }

  /** Keys that have a table now. */
  int tableCount() {
    return tables.tableCount();
  }

  /** Bytes of one key's table at this width. */
  public static long tableBytes(int width) {
    return WindowTable.bytes(width);
  }

  /**
   * Whether a signature has the form that the rule accepts: 64 bytes, S below L, and R encoded as a
   * point would be. A library that decodes R and compares points accepts the same signatures as the
   * rule, which compares bytes, once R is known to be canonical.
   */
  public static boolean isWellFormed(byte[] signature) {
    return signature.length == SignatureBatch.SIGNATURE_LENGTH
        && Scalar.isBelowOrder(signature, SignatureBatch.KEY_LENGTH)
        && isCanonical(signature, 0);
  }

  /**
   * Whether the 32 bytes have the form of a point's canonical encoding: y below p, and no sign
   * where x is 0, which is so for y = 1 and y = −1. Whether y is on the curve is not checked.
   */
  public static boolean isCanonical(byte[] bytes, int offset) {
    long[] y = new long[2 * Field.LIMBS];
    byte[] encoded = new byte[32];
    Field.decode(y, 0, bytes, offset);
    Field.encode(encoded, 0, y, 0);
    boolean signed = bytes[offset + 31] < 0;
    encoded[31] |= (byte) (signed ? 0x80 : 0);
    if (!Arrays.equals(encoded, 0, 32, bytes, offset, offset + 32)) {
      return false;
    }
    Field.square(y, Field.LIMBS, y, 0);
    y[Field.LIMBS] -= 1;
    return !(signed && Field.isZero(y, Field.LIMBS));
  }

  /** Whether the 32 bytes encode a point of the curve; the encoding need not be canonical. */
  public static boolean isPoint(byte[] bytes, int offset) {
    return new Point().decode(bytes, offset);
  }

  /** Whether the 32 bytes encode a point whose eightfold is the neutral point. */
  public static boolean isSmallOrder(byte[] bytes, int offset) {
    Point point = new Point();
    if (!point.decode(bytes, offset)) {
      return false;
    }
    for (int i = 0; i < 3; i++) {
      point.doubleInPlace(true);
    }
    return point.isNeutral();
  }
}
