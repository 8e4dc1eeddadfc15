package nara.mesh.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a nara listens, as text: {@code 10.0.0.1:7433}, {@code bart.local}, {@code [::1]:7433}.
 *
 * <p>Operators write addresses and peers tell them; all are read here, so that what is kept as an
 * address can be connected to and can be nothing else: no path, no user, no line break. No resolver
 * is asked.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535; the network's where none is written
 */
public record PeerAddress(String host, int port) {
  /** The mesh port of the network. */
  public static final int DEFAULT_PORT = 7433;

  public static final int MAX_PORT = 65_535;

  /** Characters of a host, at most: the limit of DNS. */
  static final int MAX_HOST_CHARACTERS = 253;

  private static final Pattern PARTS =
      Pattern.compile("(?:\\[([^\\[\\]]*)]|([^:\\[\\]]*))(?::([^:/]*))?");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\\.?");
  private static final Pattern IPV6 =
      Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
  // Host, brackets, colon and port: no address is longer.
  private static final int MAX_CHARACTERS = MAX_HOST_CHARACTERS + 8;

  /** Reads {@code host}, {@code host:port}, {@code [v6]} or {@code [v6]:port}. */
  public static Optional<PeerAddress> parse(String text) {
    return fault(text).isPresent() ? Optional.empty() : Optional.of(read(text));
  }

  /**
   * What is wrong with a text as an address, to be said after it: "has no host". Empty when nothing
   * is.
   */
  public static Optional<String> fault(String text) {
    Matcher parts = PARTS.matcher(text);
    if (text.length() > MAX_CHARACTERS || !parts.matches()) {
      return Optional.of("is not HOST:PORT (an IPv6 address goes in brackets, as in [::1]:7433)");
    }
    boolean bracketed = parts.group(1) != null;
    String host = bracketed ? parts.group(1) : parts.group(2);
    if (host.isEmpty()) {
      return Optional.of("has no host");
    }
    if (host.length() > MAX_HOST_CHARACTERS || !(bracketed ? IPV6 : NAME).matcher(host).matches()) {
      return Optional.of(
          bracketed ? "has no IPv6 address in its brackets" : "has a host that is no host name");
    }
    int port = port(parts.group(3));
    return port < 1 || port > MAX_PORT
        ? Optional.of("has a port that is no number from 1 to " + MAX_PORT)
        : Optional.empty();
  }

  /** Whether the text is fit to be a host name, an IPv4 or an IPv6 address without brackets. */
  public static boolean isHost(String text) {
    return text.length() <= MAX_HOST_CHARACTERS
        && (NAME.matcher(text).matches() || IPV6.matcher(text).matches());
  }

  private static PeerAddress read(String text) {
    Matcher parts = PARTS.matcher(text);
    if (!parts.matches()) {
      throw new IllegalStateException("looked at before");
    }
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    return new PeerAddress(host, port(parts.group(3)));
  }

  private static int port(String written) {
    if (written == null) {
      return DEFAULT_PORT;
    }
    return NUMBER.matcher(written).matches() ? Integer.parseInt(written) : 0;
  }

  /** Whether it is this machine, where packing bodies costs more than it saves. */
  public boolean isLoopback() {
    return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
  }

  /** As it is written, with brackets around an IPv6 address. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
  }
}
