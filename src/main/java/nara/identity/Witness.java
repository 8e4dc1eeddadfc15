package nara.identity;

/**
 * The peer that served a key of another nara. Its address counts, not its name: names are free to
 * invent, addresses less so.
 *
 * @param host the IP address that answered, without a port; of a configured peer the address that
 *     the operator named, with its port; empty when it is not known
 * @param configured whether the operator named this peer
 */
public record Witness(String host, boolean configured) {
  /** Nobody in particular: the plaza, a file, or a sender whose address is not confirmed. */
  public static final Witness NONE = new Witness("", false);

  /** A file that the owner of this node imports. */
  public static final Witness OWNER = new Witness("import", true);
}
