package nara.trust;

import java.util.Locale;

/**
 * Where offered events come from.
 *
 * @param way how the events came
 * @param peer the name of the nara that sent them over the mesh; empty for the other ways
 */
public record OfferSource(Way way, String peer) {
  /** How the events came. */
  public enum Way {
    /** From a nara, over the mesh. */
    PEER,
    /** From the broker, which does not tell who sent a message. */
    BROKER,
    /** From a file that the operator imported. */
    IMPORT,
    /** From the snapshot on this node's disk. */
    SNAPSHOT,
    /** From this node itself. */
    SELF;

    /** The name in JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A message of the broker. */
  public static final OfferSource BROKER = new OfferSource(Way.BROKER, "");

  /** An imported file. */
  public static final OfferSource IMPORT = new OfferSource(Way.IMPORT, "");

  /** The snapshot of this node. */
  public static final OfferSource SNAPSHOT = new OfferSource(Way.SNAPSHOT, "");

  /** This node itself. */
  public static final OfferSource SELF = new OfferSource(Way.SELF, "");

  /** Whether the events come from a file. Announcements in a file do not show who is online. */
  public boolean isFile() {
    return way == Way.IMPORT || way == Way.SNAPSHOT;
  }

  /** The nara of this name, over the mesh. */
  public static OfferSource peer(String name) {
    return new OfferSource(Way.PEER, name);
  }
}
