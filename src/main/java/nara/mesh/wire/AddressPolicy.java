package nara.mesh.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides which of the addresses that strangers announce this node may connect to.
 *
 * <p>Only literal IP addresses: a host name would make this node ask the DNS for a stranger. Never
 * multicast, broadcast, reserved or unspecified addresses. Loopback and link-local addresses only
 * when they are allowed: they lead to services of this machine or of its network. Addresses that
 * the operator configured are not checked.
 *
 * @param allowsLoopback whether others may announce addresses of this machine
 * @param allowsLinkLocal whether others may announce addresses of 169.254.0.0/16 and fe80::/10
 */
public record AddressPolicy(boolean allowsLoopback, boolean allowsLinkLocal) {
  /**
   * Pings of announced addresses at one host, loopback excepted, in a minute and in a discovery
   * run. Several naras may be behind one router; more would let a stranger direct many pings at one
   * machine.
   */
  public static final int MAX_PINGS_PER_HOST = 32;

  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");

  /** For networks of several machines. */
  public static AddressPolicy strict() {
    return new AddressPolicy(false, false);
  }

  /** For tests and demos on one machine. */
  public static AddressPolicy local() {
    return new AddressPolicy(true, true);
  }

  /**
   * The address as this node may use it: its host has one spelling. Empty when the policy refuses
   * it.
   */
  public Optional<PeerAddress> check(String announced) {
    return PeerAddress.parse(announced)
        .flatMap(
            address ->
                literal(address.host())
                    .filter(this::allows)
                    .map(host -> new PeerAddress(host.getHostAddress(), address.port())));
  }

  private boolean allows(InetAddress host) {
    byte[] octets = host.getAddress();
    int first = octets[0] & 0xFF;
    // 0.0.0.0/8 is this network; 240.0.0.0/4 is reserved and holds the broadcast address.
    boolean reserved = octets.length == 4 && (first == 0 || first >= 240);
    return !reserved
        && !host.isAnyLocalAddress()
        && !host.isMulticastAddress()
        && !isIpv4Compatible(octets)
        && (allowsLoopback || !host.isLoopbackAddress())
        && (allowsLinkLocal || !host.isLinkLocalAddress());
  }

  /** Whether it is of ::/96, an obsolete spelling of IPv4 addresses, except ::1. */
  private static boolean isIpv4Compatible(byte[] octets) {
    if (octets.length == 4) {
      return false;
    }
    for (int i = 0; i < 12; i++) {
      if (octets[i] != 0) {
        return false;
      }
    }
    return octets[12] != 0 || octets[13] != 0 || octets[14] != 0 || octets[15] != 1;
  }

  /** The host as an IP address, without a lookup; empty for a name or a scoped address. */
  public static Optional<InetAddress> literal(String host) {
    boolean ipv6 = host.indexOf(':') >= 0;
    if (ipv6 ? host.indexOf('%') >= 0 : !IPV4.matcher(host).matches()) {
      return Optional.empty();
    }
    try {
      // Java looks up neither a dotted quad nor a text with a colon.
      return Optional.of(InetAddress.getByName(host));
    } catch (UnknownHostException invalid) {
      return Optional.empty();
    }
  }

  /** Whether a host is the address of all interfaces, in any notation. Nobody can reach it. */
  public static boolean isWildcard(String host) {
    return literal(host).filter(InetAddress::isAnyLocalAddress).isPresent();
  }

  /** Whether the host is this machine: a loopback address, or the name localhost. */
  public static boolean isLoopback(String host) {
    return host.equals("localhost")
        || literal(host).filter(InetAddress::isLoopbackAddress).isPresent();
  }
}
