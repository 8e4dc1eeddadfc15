package nara.discovery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.identity.Keyring;
import nara.mesh.wire.PeerAddress;

/**
 * Where neighbours are looked for.
 *
 * @param peers configured peers
 * @param scan an address range to try, or none
 * @param tailscaleSocket path of the local Tailscale daemon's socket, or empty for none
 * @param pingTimeout how long one {@code /ping} may take
 * @param pingsAtOnce how many may be under way; the reference's bound is 50
 */
public record DiscoveryConfig(
    List<ConfiguredPeer> peers,
    Optional<Scan> scan,
    String tailscaleSocket,
    Duration pingTimeout,
    int pingsAtOnce) {

  /**
   * A peer that the configuration names.
   *
   * @param name its name, or empty: learned by asking it
   * @param address {@code host:port}
   */
  public record ConfiguredPeer(String name, String address) {
    /**
     * Reads {@code [NAME@]HOST[:PORT]}, an IPv6 host in brackets; the port of the network when none
     * is given. A name may hold an {@code @}: the last one ends it.
     *
     * @throws IllegalArgumentException with a sentence for the operator
     */
    public static ConfiguredPeer parse(String text) {
      int at = text.lastIndexOf('@');
      String name = at < 0 ? "" : text.substring(0, at);
      if (at == 0) {
        throw new IllegalArgumentException(
            "the peer "
                + SafeText.quoted(text)
                + " has no name before its @: leave the @ out, or name it");
      }
      if (name.length() > Keyring.MAX_NAME_CHARACTERS) {
        throw new IllegalArgumentException(
            "the peer %s has a name of more than %d characters"
                .formatted(SafeText.quoted(text), Keyring.MAX_NAME_CHARACTERS));
      }
      String address = text.substring(at + 1);
      return PeerAddress.parse(address)
          .map(known -> new ConfiguredPeer(name, known.toString()))
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "the address %s %s"
                          .formatted(
                              SafeText.quoted(address), PeerAddress.fault(address).orElseThrow())));
    }

    /** As {@link #parse} reads it. */
    public String text() {
      return (name.isEmpty() ? "" : name + '@') + address;
    }
  }

  /**
   * A range of addresses.
   *
   * @param cidr IPv4, {@code 100.64.0.0/24}; at most 65,536 addresses
   * @param port tried on each
   */
  public record Scan(String cidr, int port) {}

  /** Nobody configured. */
  public static DiscoveryConfig defaults() {
    return new DiscoveryConfig(List.of(), Optional.empty(), "", Duration.ofSeconds(5), 50);
  }

  /** The same, with these configured peers. */
  public DiscoveryConfig withPeers(List<ConfiguredPeer> changed) {
    return new DiscoveryConfig(
        List.copyOf(changed), scan, tailscaleSocket, pingTimeout, pingsAtOnce);
  }
}
