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

  /** The host without its port, and an IPv6 address without its brackets. */
  String hostWithoutPort() {
    int port = configured ? host.lastIndexOf(':') : -1;
    String bare = port < 0 ? host : host.substring(0, port);
    return bare.startsWith("[") && bare.endsWith("]") ? bare.substring(1, bare.length() - 1) : bare;
  }
}
