package nara.mesh;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a peer listens. A mesh address is a host, and a port when it is not the network's.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 */
record PeerAddress(String host, int port) {
  // A host may come from a stranger: only what hosts are made of, and no longer than a DNS name.
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.%]{2,64})]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?");

  /** Reads {@code host}, {@code host:port}, {@code [v6]} or {@code [v6]:port}. */
  static Optional<PeerAddress> parse(String address) {
    Matcher match = FORM.matcher(address);
    if (!match.matches()) {
      return Optional.empty();
    }
    int port = match.group(3) == null ? MeshConfig.DEFAULT_PORT : Integer.parseInt(match.group(3));
    String host = match.group(1) == null ? match.group(2) : match.group(1);
    return port < 1 || port > 65_535 ? Optional.empty() : Optional.of(new PeerAddress(host, port));
  }

  /** Whether it is this machine, where packing bodies costs more than it saves. */
  boolean loopback() {
    return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
  }
}
