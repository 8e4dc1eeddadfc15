package nara.node;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port as people write them: {@code 10.0.0.1:7433}, {@code bart.local}, {@code
 * [::1]:7433}.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; the given default when none was written
 */
public record HostPort(String host, int port) {
  private static final int MOST_CHARACTERS = 253;
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern WITH_PORT =
      Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]]+))(?::(\\d{1,5}))?");

  /** Reads host and port; the port may be left out where a default is given. */
  public static Optional<HostPort> parse(String text, Optional<Integer> defaultPort) {
    Matcher matcher = WITH_PORT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    Optional<Integer> port =
        Optional.ofNullable(matcher.group(3)).map(Integer::valueOf).or(() -> defaultPort);
    return validHost(host)
        ? port.filter(p -> p <= 65_535).map(p -> new HostPort(host, p))
        : Optional.empty();
  }

  /** Whether the text is fit to be a host name, an IPv4 or an IPv6 address; asks no resolver. */
  public static boolean validHost(String text) {
    return text.length() <= MOST_CHARACTERS && HOST.matcher(text).matches();
  }

  /** As it is written, with brackets around an IPv6 address. */
  public String text() {
    return (host.contains(":") ? '[' + host + ']' : host) + ':' + port;
  }
}
