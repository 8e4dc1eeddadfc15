package nara.trust.verifier;

import java.util.List;
import nara.trust.ed25519.Ed25519;

/**
 * The default verifier, in plain Java. It accepts exactly what the reference's rule accepts, see
 * {@link Ed25519}. It is fast where few keys sign much: such keys get a table.
 */
public final class TableVerifier implements SignatureVerifier {
  /** Bits of a window of a key's table: 161 KB a key. At 8 bits it would be 480 KB. */
  private static final int WINDOW_BITS = 6;

  /** Signatures of a key that are verified without a table; after so many, a table pays. */
  public static final int TABLE_THRESHOLD = 16;

  private final Ed25519 ed25519;

  /**
   * @param maxTables keys that may have a table, at 161 KB each; 0 for none
   */
  public TableVerifier(int maxTables) {
    this(WINDOW_BITS, maxTables, TABLE_THRESHOLD);
  }

  /**
   * @param window bits of a window of a key's table, 4 to 12
   * @param maxTables keys that may have a table; 0 for none
   * @param threshold signatures of a key that are verified before it gets a table
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
    byte[][] keys = new byte[batch.size()][];
    byte[][] messages = new byte[batch.size()][];
    byte[][] signatures = new byte[batch.size()][];
    int i = 0;
    for (SignatureCheck check : batch) {
      keys[i] = check.key().bytes();
      messages[i] = check.message();
      signatures[i++] = check.signature();
    }
    return ed25519.verify(keys, messages, signatures);
  }
}
