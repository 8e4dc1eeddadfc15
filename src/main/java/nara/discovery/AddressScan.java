package nara.discovery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.mesh.wire.PeerAddress;

/**
 * A range of IPv4 addresses to ping, for networks without a broker and without Tailscale. The
 * addresses are generated one by one, so a large range needs no memory.
 */
record AddressScan(int first, int count, int port) {
  /** The shortest prefix: 65,536 addresses; scanning more would be an attack. */
  static final int MIN_PREFIX = 16;

  private static final int BITS = 32;

  /** Up to this prefix, the first address is the network's and the last is its broadcast. */
  private static final int LONGEST_WITH_BROADCAST = 30;

  private static final Pattern CIDR =
      Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})/([0-9]{1,2})");

  /**
   * Parses a range such as {@code 100.64.0.0/24}; host bits are ignored.
   *
   * @param port to ping on each address, 1 to 65535
   * @throws IllegalArgumentException with a sentence for the operator
   */
  static AddressScan of(String cidr, int port) {
    Matcher parts = CIDR.matcher(cidr);
    if (!parts.matches()) {
      throw invalidRange(cidr, "is not an IPv4 range such as 100.64.0.0/24");
    }
    int address = 0;
    for (int part = 1; part <= 4; part++) {
      int octet = Integer.parseInt(parts.group(part));
      if (octet > 255) {
        throw invalidRange(cidr, "has a part over 255");
      }
      address = address << 8 | octet;
    }
    int prefix = Integer.parseInt(parts.group(5));
    if (prefix < MIN_PREFIX || prefix > BITS) {
      throw invalidRange(cidr, "must have a prefix from /16 (65,536 addresses) to /32");
    }
    if (port < 1 || port > PeerAddress.MAX_PORT) {
      throw invalidRange(cidr, "must be scanned at a port from 1 to 65535, not " + port);
    }
    int size = 1 << (BITS - prefix);
    int network = address & -size;
    return prefix <= LONGEST_WITH_BROADCAST
        ? new AddressScan(network + 1, size - 2, port)
        : new AddressScan(network, size, port);
  }

  private static IllegalArgumentException invalidRange(String cidr, String fault) {
    return new IllegalArgumentException("the range " + SafeText.quoted(cidr) + " " + fault);
  }

  /** The addresses in ascending order as {@code host:port}, generated lazily. */
  Stream<String> addresses() {
    return IntStream.range(0, count).mapToObj(this::address);
  }

  private String address(int index) {
    int address = first + index;
    return "%d.%d.%d.%d:%d"
        .formatted(address >>> 24, address >>> 16 & 255, address >>> 8 & 255, address & 255, port);
  }
}
