package nara.mqtt;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

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

  /**
   * Reads {@code mqtt://host[:port]} or {@code mqtts://host[:port]}.
   *
   * @throws IllegalArgumentException with a message for the operator. The message does not repeat
   *     the URL, because a password may be in it.
   */
  public static BrokerUrl parse(String url) {
    try {
      URI uri = new URI(url);
      boolean tls = "mqtts".equals(uri.getScheme());
      boolean mqtt = tls || "mqtt".equals(uri.getScheme());
      int port = uri.getPort() == -1 ? (tls ? TLS_PORT : PLAIN_PORT) : uri.getPort();
      boolean more =
          uri.getRawUserInfo() != null
              || uri.getRawQuery() != null
              || uri.getRawFragment() != null
              || !List.of("", "/").contains(String.valueOf(uri.getRawPath()));
      if (mqtt && uri.getHost() != null && !more && port >= 1 && port <= 65_535) {
        // An IPv6 address is in brackets.
        return new BrokerUrl(uri.getHost().replaceAll("[\\[\\]]", ""), port, tls);
      }
    } catch (URISyntaxException invalid) {
      // The message below says what is allowed.
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
