package nara.node.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.mesh.wire.PeerAddress;
import nara.mqtt.BrokerUrl;

/** Parses the addresses that an operator writes: peers, address ranges, brokers. */
public final class AddressParser {
  /** The broker URLs that are taken, for sentences. */
  public static final String BROKER_URLS =
      "a broker, mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (no WebSockets)";

  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)";
  // 16 bits of network leave 65,536 addresses.
  private static final String PREFIX = "(?:1[6-9]|2\\d|3[0-2])";
  private static final Pattern CIDR =
      Pattern.compile("(?:" + OCTET + "\\.){3}" + OCTET + "/" + PREFIX);

  private AddressParser() {}

  /**
   * A text for a message, without the secret that an address or a URL may carry before its host.
   */
  public static String withoutSecret(String text) {
    return text.replaceFirst("//.*@", "//(not shown)@").replaceFirst("@[^@]*:.*@", "@(not shown)@");
  }

  /** Reads {@code [NAME@]HOST[:PORT]}. The default port is the mesh port. */
  public static Optional<ConfiguredPeer> peer(String text) {
    try {
      return Optional.of(ConfiguredPeer.parse(text));
    } catch (IllegalArgumentException invalid) {
      return Optional.empty();
    }
  }

  /** Why a text is not a peer, as the end of a sentence, with an example; empty when it is one. */
  public static Optional<String> peerFault(String text) {
    try {
      ConfiguredPeer.parse(text);
      return Optional.empty();
    } catch (IllegalArgumentException invalid) {
      return Optional.of(invalid.getMessage() + "; for example bart@192.0.2.7:7433");
    }
  }

  /** Why a text is not {@code HOST:PORT}, as the end of a sentence, with an example. */
  static Optional<String> hostAndPortFault(String text) {
    return PeerAddress.fault(text)
        .or(
            () ->
                hostAndPort(text).isPresent() ? Optional.empty() : Optional.of("has no plain port"))
        .map(fault -> "it " + fault + "; for example 192.0.2.7:7433");
  }

  /** Reads {@code HOST:PORT}, exactly as {@link PeerAddress} writes it. */
  static Optional<PeerAddress> hostAndPort(String text) {
    return PeerAddress.parse(text).filter(address -> address.toString().equals(text));
  }

  /** Whether the text is an IPv4 range of at most 65,536 addresses. */
  static boolean isCidr(String text) {
    return CIDR.matcher(text).matches();
  }

  /** Whether the text is a broker's URL, {@code mqtt://} or {@code mqtts://}, or empty. */
  public static boolean isBrokerUrl(String text) {
    try {
      return text.isEmpty() || BrokerUrl.parse(text) != null;
    } catch (IllegalArgumentException invalid) {
      return false;
    }
  }

  /** What is wrong with a broker's URL, as the end of a sentence; empty when there is no advice. */
  public static Optional<String> brokerUrlFault(String text) {
    if (text.indexOf('@') >= 0) {
      return Optional.of("give the user as plaza.user and the password as plaza.password");
    }
    return !text.contains("://") && isBrokerUrl("mqtt://" + text)
        ? Optional.of("for example mqtt://" + text)
        : Optional.empty();
  }

  /** Whether the text is an absolute {@code http://} or {@code https://} URL, or empty. */
  static boolean isWebUrl(String text) {
    try {
      URI url = new URI(text);
      boolean isWeb = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return text.isEmpty() || isWeb && url.getHost() != null && url.getUserInfo() == null;
    } catch (URISyntaxException invalid) {
      return false;
    }
  }
}
