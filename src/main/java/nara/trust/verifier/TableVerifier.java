package nara.trust.verifier;

import java.util.List;
import nara.trust.ed25519.Ed25519;

/**
 * The default verifier: exact, in plain Java, and fast where few keys sign much, because keys that
 * sign much get a table (see {@link Ed25519} for the rule and how it is kept to).
 *
 * <p>The reference's rule to the letter: nothing more is accepted, and nothing less.
 */
public final class TableVerifier implements SignatureVerifier {
  /** Bits of a window of a key's table: 161 KB a key. At 8 bits it would be 480 KB. */
  public static final int WINDOW_BITS = 6;

  /** Signatures of a key that are checked without a table before one pays. */
  public static final int TABLE_THRESHOLD = 16;

  private final Ed25519 ed25519;

  /**
   * A verifier with tables of 6-bit windows.
   *
   * @param maxTables how many keys may have a table, at 161 KB each; 0 for none
   */
  public TableVerifier(int maxTables) {
    this(WINDOW_BITS, maxTables, TABLE_THRESHOLD);
  }

  /**
   * @param window bits of a window of a key's table, 4 to 12
   * @param maxTables how many keys may have a table; 0 for none
   * @param threshold how many signatures of a key are checked before it gets a table
   */
  public TableVerifier(int window, int maxTables, int threshold) {
    this.ed25519 = new Ed25519(window, maxTables, threshold);
  }

  @Override
  public String name() {
    return "tables";
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    int size = batch.size();
    byte[][] keys = new byte[size][];
    byte[][] messages = new byte[size][];
    byte[][] signatures = new byte[size][];
    int i = 0;
    for (SignatureCheck check : batch) {
      keys[i] = check.key().bytes();
      messages[i] = check.message();
      signatures[i] = check.signature();
      i++;
    }
    return ed25519.verify(keys, messages, signatures);
  }

  /** How many keys have a table now. */
  public int tableCount() {
    return ed25519.tableCount();
  }
}
