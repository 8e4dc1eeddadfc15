package nara.discovery;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
  public record ConfiguredPeer(String name, String address) {}

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
}
