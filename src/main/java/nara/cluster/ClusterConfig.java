package nara.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;

/**
 * Membership of a node in a cluster.
 *
 * @param name of the cluster; members with another name never join
 * @param member this member's name in reports and logs; empty: its address
 * @param host the interface for cluster traffic: an address, or a name that is looked up at the
 *     start
 * @param port of Hazelcast
 * @param advertise the address that other members connect to; empty: host and port
 * @param busPort of the event bus; 0 takes a free one
 * @param members host:port of all members, with or without this one
 * @param roles the work that this member may do
 * @param quorum members that must be present to lead and to merge
 * @param backups copies of each map entry beside the first one
 * @param detectionTimeout silence after which the others continue without a member; a new leader
 *     takes over some seconds later
 * @param tls of the event bus
 * @param insecure whether the operator accepts that Hazelcast's port, which has neither encryption
 *     nor passwords, is on another interface than loopback
 */
public record ClusterConfig(
    boolean enabled,
    String name,
    String member,
    String host,
    int port,
    Optional<PeerAddress> advertise,
    int busPort,
    List<String> members,
    Set<Role> roles,
    int quorum,
    int backups,
    Duration detectionTimeout,
    Optional<Tls> tls,
    boolean insecure) {
  /** The next heartbeat removes a silent member; then requests to it are sent again. */
  private static final Duration EVICTION_DELAY = Duration.ofSeconds(2);

  /** The default port of Hazelcast. */
  public static final int DEFAULT_PORT = 7435;

  /**
   * PEM files for mutual TLS on the event bus.
   *
   * @param key this member's private key, PKCS 8
   * @param authority the trusted certificates
   */
  public record Tls(Path key, Path certificate, Path authority) {}

  /** A node that runs alone. */
  public static ClusterConfig standalone() {
    Set<Role> roles = Set.of(Role.values());
    Duration silence = Duration.ofSeconds(10);
    Optional<Tls> noTls = Optional.empty();
    return new ClusterConfig(
        false,
        "nara",
        "",
        "127.0.0.1",
        DEFAULT_PORT,
        Optional.empty(),
        0,
        List.of(),
        roles,
        1,
        1,
        silence,
        noTls,
        false);
  }

  /** A copy that is enabled. */
  public ClusterConfig asMember() {
    return copy(true, host, port, advertise);
  }

  /** A copy at another address, which is also the one that others connect to. */
  public ClusterConfig withAddress(String changedHost, int changedPort) {
    return copy(enabled, changedHost, changedPort, Optional.empty());
  }

  private ClusterConfig copy(
      boolean isEnabled, String atHost, int atPort, Optional<PeerAddress> advertised) {
    return new ClusterConfig(
        isEnabled,
        name,
        member,
        atHost,
        atPort,
        advertised,
        busPort,
        members,
        roles,
        quorum,
        backups,
        detectionTimeout,
        tls,
        insecure);
  }

  /** Why a member must not start with this configuration, for the operator. */
  public Optional<String> exposure() {
    return insecure || AddressPolicy.isLoopback(host)
        ? Optional.empty()
        : Optional.of(
            ("cluster.host: \"%s\" is not on loopback, and Hazelcast's port has neither encryption"
                    + " nor passwords. Put it on a private network of these machines, such as a"
                    + " WireGuard VPN, then set cluster.insecure to true")
                .formatted(host));
  }

  /** The address that other members connect to. */
  public PeerAddress advertisedAddress() {
    return advertise.orElseGet(() -> new PeerAddress(host, port));
  }

  /** The configured name, or the address. */
  public String memberName() {
    return member.isEmpty() ? advertisedAddress().toString() : member;
  }

  public boolean has(Role role) {
    return roles.contains(role);
  }

  /**
   * The duration of a lease without a renewal. A silent member can block renewals until the others
   * remove it, and the lease must outlast that. It must not be much longer, because a new leader
   * waits for its end when the leader itself is silent.
   */
  Duration leaseDuration() {
    return detectionTimeout
        .plus(detectionTimeout.multipliedBy(3).dividedBy(10))
        .plus(EVICTION_DELAY);
  }
}
