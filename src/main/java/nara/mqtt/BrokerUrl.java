package nara.mqtt;

import java.net.URI;
import java.net.URISyntaxException;

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
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException broken) {
      throw invalid("it is not a URL");
    }
    boolean tls = "mqtts".equals(uri.getScheme());
    if (!tls && !"mqtt".equals(uri.getScheme())) {
      throw invalid("it begins with neither mqtt:// nor mqtts://");
    }
    if (uri.getRawUserInfo() != null) {
      throw invalid("it contains a user; set plaza.user and plaza.password instead");
    }
    String host = uri.getHost();
    if (host == null) {
      throw invalid("it has no host");
    }
    boolean more = uri.getRawQuery() != null || uri.getRawFragment() != null;
    if (more || !(uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))) {
      throw invalid("it has more than a host and a port");
    }
    int port = uri.getPort() == -1 ? (tls ? TLS_PORT : PLAIN_PORT) : uri.getPort();
    if (port < 1 || port > 65_535) {
      throw invalid("its port is not 1 to 65535");
    }
    boolean ipv6 = host.startsWith("[") && host.endsWith("]");
    return new BrokerUrl(ipv6 ? host.substring(1, host.length() - 1) : host, port, tls);
  }

  private static IllegalArgumentException invalid(String reason) {
    return new IllegalArgumentException(
        "the broker's URL must be mqtt://host:port or mqtts://host:port, but " + reason);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
