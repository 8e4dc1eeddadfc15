package nara.node.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;

/** How people write where others are: peers, address ranges, brokers. */
public final class AddressParser {
  private static final Pattern CIDR =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
  // 16 bits of network leave 65,536 addresses.
  private static final int MIN_PREFIX = 16;

  private AddressParser() {}

  /** Reads {@code [NAME@]HOST[:PORT]}; the port of the network when none is given. */
  public static Optional<ConfiguredPeer> peer(String text) {
    try {
      return Optional.of(ConfiguredPeer.parse(text));
    } catch (IllegalArgumentException noPeer) {
      return Optional.empty();
    }
  }

  /** An IPv4 range of at most 65,536 addresses, as it was given. */
  static Optional<String> cidr(String text) {
    Matcher matcher = CIDR.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (int part = 1; part <= 4; part++) {
      if (Integer.parseInt(matcher.group(part)) > 255) {
        return Optional.empty();
      }
    }
    int prefix = Integer.parseInt(matcher.group(5));
    return prefix >= MIN_PREFIX && prefix <= 32 ? Optional.of(text) : Optional.empty();
  }

  /** A broker's URL, {@code mqtt://} or {@code mqtts://}, as it was given; empty is none. */
  public static Optional<String> brokerUrl(String text) {
    if (text.isEmpty()) {
      return Optional.of(text);
    }
    try {
      URI uri = new URI(text);
      boolean scheme = "mqtt".equals(uri.getScheme()) || "mqtts".equals(uri.getScheme());
      boolean bare =
          uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && ("".equals(uri.getRawPath()) || "/".equals(uri.getRawPath()));
      boolean port = uri.getPort() == -1 || uri.getPort() >= 1 && uri.getPort() <= 65_535;
      return scheme && uri.getHost() != null && bare && port ? Optional.of(text) : Optional.empty();
    } catch (URISyntaxException noUrl) {
      return Optional.empty();
    }
  }
}
