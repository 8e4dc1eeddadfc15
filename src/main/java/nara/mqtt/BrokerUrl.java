package nara.mqtt;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of the broker.
 *
 * @param host name or address
 * @param port 1 to 65,535
 * @param tls whether the connection is encrypted
 */
public record BrokerUrl(String host, int port, boolean tls) {
  private static final int PLAIN_PORT = 1883;
  private static final int TLS_PORT = 8883;

  // A host name may have underscores, as those of Docker Compose do; java.net.URI refuses them.
  private static final Pattern URL =
      Pattern.compile(
          "(mqtt|tcp|mqtts|tls|ssl)://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%a-z]+])(?::(\\d{1,5}))?/?");

  /**
   * Reads {@code mqtt://host[:port]} or {@code mqtts://host[:port]}. Other clients call these
   * {@code tcp}, and {@code tls} or {@code ssl}. An IPv6 address is in brackets.
   *
   * @throws IllegalArgumentException with a message for the operator. The message does not repeat
   *     the URL, because a password may be in it.
   */
  public static BrokerUrl parse(String url) {
    if (url.startsWith("ws://") || url.startsWith("wss://")) {
      throw new IllegalArgumentException(
          "the broker's URL must not be ws:// or wss://: this node does not use WebSockets; give"
              + " the broker's mqtt:// or mqtts:// port");
    }
    Matcher parts = URL.matcher(url);
    if (parts.matches()) {
      boolean tls = !List.of("mqtt", "tcp").contains(parts.group(1));
      int usual = tls ? TLS_PORT : PLAIN_PORT;
      int port = parts.group(3) == null ? usual : Integer.parseInt(parts.group(3));
      if (port >= 1 && port <= 65_535) {
        return new BrokerUrl(parts.group(2).replaceAll("[\\[\\]]", ""), port, tls);
      }
    }
    throw new IllegalArgumentException(
        "the broker's URL must be mqtt://host:port or mqtts://host:port, without a user or a path;"
            + " set plaza.user and plaza.password for a user");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port;
  }
}
