package nara.mesh.wire;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A nara's address: {@code 10.0.0.1:7433}, {@code bart.local}, {@code [::1]:7433}.
 *
 * <p>Addresses come from operators and from peers. Reading them here ensures that each has only a
 * host and a port: no path, no user, no line break. Names are not resolved.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535; {@link #DEFAULT_PORT} when the text has none
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
    if (fault(text).isPresent()) {
      return Optional.empty();
    }
    Matcher parts = PARTS.matcher(text);
    parts.matches();
    String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
    return Optional.of(new PeerAddress(host, port(parts.group(3))));
  }

  /** The host of an address; the whole text when it is not an address. */
  public static String hostOf(String text) {
    return parse(text).map(PeerAddress::host).orElse(text);
  }

  /**
   * The fault of a text as an address, as the end of a sentence: "has no host". Empty when it has
   * none.
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
          bracketed ? "has no IPv6 address in its brackets" : "has an invalid host name");
    }
    int port = port(parts.group(3));
    return port < 1 || port > MAX_PORT
        ? Optional.of("has a port that is not a number from 1 to " + MAX_PORT)
        : Optional.empty();
  }

  /** Whether the text is a host name, an IPv4 address, or an IPv6 address without brackets. */
  public static boolean isHost(String text) {
    return text.length() <= MAX_HOST_CHARACTERS
        && (NAME.matcher(text).matches() || IPV6.matcher(text).matches());
  }

  private static int port(String written) {
    return written == null
        ? DEFAULT_PORT
        : NUMBER.matcher(written).matches() ? Integer.parseInt(written) : 0;
  }

  /** Whether it is this machine, where compressing bodies costs more than it saves. */
  public boolean isLoopback() {
    return AddressPolicy.isLoopback(host);
  }

  /** The host as a URL has it: an IPv6 address in brackets. */
  public static String urlHost(String host) {
    return host.indexOf(':') < 0 ? host : '[' + host + ']';
  }

  /**
   * Whether it is an IPv6 address with a zone, such as {@code fe80::1%eth0}. URLs have no zones.
   */
  public boolean hasZone() {
    return host.indexOf('%') >= 0;
  }

  /** {@code host:port}, with brackets around an IPv6 address. */
  @Override
  public String toString() {
    return urlHost(host) + ':' + port;
  }
}
