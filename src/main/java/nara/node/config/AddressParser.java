package nara.node.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.mesh.wire.PeerAddress;
import nara.mqtt.BrokerUrl;

/** Parses the addresses that an operator writes: peers, address ranges, brokers. */
public final class AddressParser {
  private static final Pattern CIDR =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
  // 16 bits of network leave 65,536 addresses.
  private static final int MIN_PREFIX = 16;

  private AddressParser() {}

  /** Reads {@code [NAME@]HOST[:PORT]}. The default port is the mesh port. */
  public static Optional<ConfiguredPeer> peer(String text) {
    try {
      return Optional.of(ConfiguredPeer.parse(text));
    } catch (IllegalArgumentException invalid) {
      return Optional.empty();
    }
  }

  /** Reads {@code HOST:PORT}, exactly as {@link PeerAddress} writes it. */
  static Optional<PeerAddress> hostAndPort(String text) {
    return PeerAddress.parse(text).filter(address -> address.toString().equals(text));
  }

  /** Whether the text is an IPv4 range of at most 65,536 addresses. */
  static boolean isCidr(String text) {
    Matcher matcher = CIDR.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    for (int part = 1; part <= 4; part++) {
      if (Integer.parseInt(matcher.group(part)) > 255) {
        return false;
      }
    }
    int prefix = Integer.parseInt(matcher.group(5));
    return prefix >= MIN_PREFIX && prefix <= 32;
  }

  /** Whether the text is a broker's URL, {@code mqtt://} or {@code mqtts://}, or empty. */
  public static boolean isBrokerUrl(String text) {
    try {
      return text.isEmpty() || BrokerUrl.parse(text) != null;
    } catch (IllegalArgumentException invalid) {
      return false;
    }
  }
}
