package nara.mesh.server;

import java.net.InetAddress;
import java.util.Optional;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;

/**
 * Whether a connection comes from where the directory says that a nara is. NAT and machines with
 * several interfaces have other source addresses, so this proves nothing about the sender.
 */
final class KnownAddresses {
  private final PeerDirectory directory;

  KnownAddresses(PeerDirectory directory) {
    this.directory = directory;
  }

  enum Match {
    SAME,
    OTHER,
    /** The directory has no address of that name, or a host name. */
    UNKNOWN
  }

  Match match(String name, String sourceAddress) {
    Optional<PeerAddress> known = directory.addressOf(name).flatMap(PeerAddress::parse);
    if (known.isEmpty()) {
      return Match.UNKNOWN;
    }
    String host = known.get().host();
    if (host.equals(sourceAddress)) {
      return Match.SAME;
    }
    Optional<InetAddress> address = AddressPolicy.literal(host);
    return address.isEmpty()
        ? Match.UNKNOWN
        : address.equals(AddressPolicy.literal(sourceAddress)) ? Match.SAME : Match.OTHER;
  }
}
