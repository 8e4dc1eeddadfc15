package nara.identity;

/**
 * The peer that served a key of another nara. Its host counts, not its name: names are free to
 * invent, addresses less so.
 *
 * @param host the IP address that answered, without a port; empty when it is not known
 * @param configured whether the operator named this peer
 */
public record Witness(String host, boolean configured) {
  /** Nobody in particular: the plaza, a file, or a sender whose address is not confirmed. */
  public static final Witness NONE = new Witness("", false);
}
