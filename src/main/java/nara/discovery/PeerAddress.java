package nara.discovery;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a nara listens, as text: {@code host:port}, {@code 10.0.0.1:7433}, {@code [::1]:7433}.
 *
 * <p>Operators write addresses and peers tell them; both are checked here, once, so that what is
 * kept as an address can be connected to and can be nothing else: no path, no user, no line break.
 * No resolver is asked.
 *
 * @param host a name or an address, without brackets
 * @param port 1 to 65535
 */
record PeerAddress(String host, int port) {
  /** Characters of a host, at most: the limit of DNS. */
  static final int MAX_HOST_CHARACTERS = 253;

  static final int MAX_PORT = 65_535;

  private static final Pattern PARTS =
      Pattern.compile("(?:\\[([^\\[\\]]*)]|([^:\\[\\]]*)):([^:/]*)");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\\.?");
  private static final Pattern IPV6 =
      Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]+)?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
  // Host, brackets, colon and port: no address is longer.
  private static final int MAX_CHARACTERS = MAX_HOST_CHARACTERS + 8;

  /**
   * Reads an address with its port.
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  static PeerAddress parse(String text) {
    Matcher parts = PARTS.matcher(text);
    if (text.length() > MAX_CHARACTERS || !parts.matches()) {
      throw wrong(text, "is not HOST:PORT (an IPv6 address goes in brackets, as in [::1]:7433)");
    }
    boolean bracketed = parts.group(1) != null;
    String host = bracketed ? parts.group(1) : parts.group(2);
    if (host.isEmpty()) {
      throw wrong(text, "has no host");
    }
    if (host.length() > MAX_HOST_CHARACTERS || !(bracketed ? IPV6 : NAME).matcher(host).matches()) {
      throw wrong(
          text,
          bracketed ? "has no IPv6 address in its brackets" : "has a host that is no host name");
    }
    String number = parts.group(3);
    int port = NUMBER.matcher(number).matches() ? Integer.parseInt(number) : 0;
    if (port < 1 || port > MAX_PORT) {
      throw wrong(text, "has a port that is no number from 1 to " + MAX_PORT);
    }
    return new PeerAddress(host, port);
  }

  /**
   * Takes an address as a peer told it, with or without a port.
   *
   * @return the same text, or empty when nothing can be reached under it
   */
  static Optional<String> told(String text) {
    try {
      boolean ported = text.indexOf(':') >= 0 && !text.endsWith("]");
      parse(ported ? text : text + ":1");
      return Optional.of(text);
    } catch (IllegalArgumentException unusable) {
      return Optional.empty();
    }
  }

  private static IllegalArgumentException wrong(String text, String fault) {
    return new IllegalArgumentException("the address " + Shown.of(text) + " " + fault);
  }

  /** As it is written, with brackets around an IPv6 address. */
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
