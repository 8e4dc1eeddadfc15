package nara.discovery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mesh.wire.PeerAddress;

/**
 * The sources of neighbours.
 *
 * @param scan an address range to ping
 * @param tailscaleSocket path of the local Tailscale daemon's socket, or empty
 * @param pingTimeout of one {@code /ping}
 * @param pingsAtOnce limit of pings in flight; the reference's is 50
 * @param allowLocal whether strangers may announce loopback and link-local addresses
 */
public record DiscoveryConfig(
    List<ConfiguredPeer> peers,
    Optional<Scan> scan,
    String tailscaleSocket,
    Duration pingTimeout,
    int pingsAtOnce,
    boolean allowLocal) {

  /**
   * A configured peer.
   *
   * @param name empty when the ping must find it out
   * @param address {@code host:port}
   * @param key the nara's public key, that the operator gave
   */
  public record ConfiguredPeer(String name, String address, Optional<PublicKey> key) {
    /** A peer whose key is not configured. */
    public ConfiguredPeer(String name, String address) {
      this(name, address, Optional.empty());
    }

    /**
     * Parses {@code [NAME@]HOST[:PORT]}: an IPv6 host in brackets, by default the network's port. A
     * name may contain {@code @}: the last one ends it.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static ConfiguredPeer parse(String text) {
      int at = text.lastIndexOf('@');
      String name = at < 0 ? "" : text.substring(0, at);
      if (at == 0) {
        throw new IllegalArgumentException(
            "the peer %s has no name before its @: remove the @ or add a name"
                .formatted(SafeText.quoted(text)));
      }
      if (text.contains("://")) {
        throw new IllegalArgumentException(
            "the peer is a URL: give its host and port alone, without a scheme, a user or a path");
      }
      if (name.matches("(?s)[^@]*@.*:.*")) {
        throw new IllegalArgumentException(
            "the peer (not shown) has a user and a password before its host: remove them");
      }
      if (name.length() > Keyring.MAX_NAME_CHARACTERS) {
        throw new IllegalArgumentException(
            "the peer %s has a name of more than %d characters"
                .formatted(SafeText.quoted(text), Keyring.MAX_NAME_CHARACTERS));
      }
      String address = text.substring(at + 1);
      Optional<PeerAddress> known = PeerAddress.parse(address);
      if (known.isEmpty()) {
        String fault = PeerAddress.fault(address).orElseThrow();
        throw new IllegalArgumentException("the address " + SafeText.quoted(address) + " " + fault);
      }
      if (known.get().hasZone()) {
        throw new IllegalArgumentException(
            "the address %s has a zone; give an address without one"
                .formatted(SafeText.quoted(address)));
      }
      return new ConfiguredPeer(name, known.get().toString());
    }

    /** The same peer with this key. */
    public ConfiguredPeer withKey(PublicKey publicKey) {
      return new ConfiguredPeer(name, address, Optional.of(publicKey));
    }

    /** The format of {@link #parse}, which has no key. */
    public String text() {
      return (name.isEmpty() ? "" : name + '@') + address;
    }
  }

  /**
   * A range of addresses to ping.
   *
   * @param cidr IPv4, such as {@code 100.64.0.0/24}; at most 65,536 addresses
   */
  public record Scan(String cidr, int port) {}

  /** Without any source but presence. */
  public static DiscoveryConfig defaults() {
    return new DiscoveryConfig(List.of(), Optional.empty(), "", Duration.ofSeconds(5), 50, false);
  }

  /** The same, with these configured peers. */
  public DiscoveryConfig withPeers(List<ConfiguredPeer> changed) {
    return new DiscoveryConfig(
        List.copyOf(changed), scan, tailscaleSocket, pingTimeout, pingsAtOnce, allowLocal);
  }
}
