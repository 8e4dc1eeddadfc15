package nara.trust.verifier;

import java.util.List;
import nara.trust.ed25519.Ed25519;

/**
 * The default verifier, in plain Java. It accepts exactly what the reference's rule accepts, see
 * {@link Ed25519}. It is fast where few keys sign much: such keys get a table.
 */
public final class TableVerifier implements SignatureVerifier {
  /** Bits of a window of a key's table: 276 KB a key. At 8 bits it would be 480 KB. */
  private static final int WINDOW_BITS = 7;

  /** Signatures of a key that are verified without a table; after so many, a table pays. */
  public static final int TABLE_THRESHOLD = 18;

  /** The part of the heap that tables may take, as much as events: anybody can make keys. */
  private static final int HEAP_DIVISOR = 6;

  private final Ed25519 ed25519;

  /**
   * @param maxTables keys that may have a table, at 276 KB each; 0 for none. A small heap lowers it
   */
  public TableVerifier(int maxTables) {
    this(WINDOW_BITS, affordable(maxTables, Runtime.getRuntime().maxMemory()), TABLE_THRESHOLD);
  }

  /**
   * @param window bits of a window of a key's table, 4 to 12
   * @param maxTables keys that may have a table; 0 for none
   * @param threshold signatures of a key that are verified before it gets a table
   */
  public TableVerifier(int window, int maxTables, int threshold) {
    this.ed25519 = new Ed25519(window, maxTables, threshold);
  }

  /** The wanted number of tables, or as many as fit into their part of the heap. */
  static int affordable(int maxTables, long heapBytes) {
    return (int) Math.min(maxTables, heapBytes / HEAP_DIVISOR / Ed25519.tableBytes(WINDOW_BITS));
  }

  @Override
  public String name() {
    return "tables";
  }

  @Override
  public void prepare() {
    Ed25519.makeBaseTable();
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
