package nara.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a node finds the other members of its cluster, and what it does there.
 *
 * @param enabled whether the node is a member of a cluster at all
 * @param name of the cluster: members of another name are never joined
 * @param member what this member is called in reports and logs; by default after its address
 * @param host the one interface that the cluster speaks on, and what others connect to
 * @param port of Hazelcast
 * @param busPort of the event bus; 0 takes a free one
 * @param members host:port of all members, this one among them or not
 * @param roles what this member may be used for
 * @param quorum members that have to be there before anything leads or is merged
 * @param backups copies of everything in the maps beside the first one
 * @param detectionTimeout how long a member may be silent before the others go on without it; the
 *     lead is given anew some seconds later
 * @param tls of the event bus
 */
public record ClusterConfig(
    boolean enabled,
    String name,
    String member,
    String host,
    int port,
    int busPort,
    List<String> members,
    Set<Role> roles,
    int quorum,
    int backups,
    Duration detectionTimeout,
    Optional<Tls> tls) {
  /** A silent member is given up at the next beat, and what waited for it is asked again. */
  private static final Duration EVICTION_DELAY = Duration.ofSeconds(2);

  /** The port of Hazelcast where nothing else is said. */
  public static final int DEFAULT_PORT = 7435;

  /**
   * The files, in PEM, by which members know each other on the event bus; both sides show a
   * certificate.
   *
   * @param key this member's private key, PKCS 8
   * @param certificate of that key
   * @param authority whose certificates are believed
   */
  public record Tls(Path key, Path certificate, Path authority) {}

  /** A node that runs alone. */
  public static ClusterConfig standalone() {
    return new ClusterConfig(
        false,
        "nara",
        "",
        "127.0.0.1",
        DEFAULT_PORT,
        0,
        List.of(),
        Set.of(Role.values()),
        1,
        1,
        Duration.ofSeconds(10),
        Optional.empty());
  }

  /** The same, as a member of a cluster. */
  public ClusterConfig asMember() {
    return new ClusterConfig(
        true,
        name,
        member,
        host,
        port,
        busPort,
        members,
        roles,
        quorum,
        backups,
        detectionTimeout,
        tls);
  }

  /** The same at another address. */
  public ClusterConfig withAddress(String changedHost, int changedPort) {
    return new ClusterConfig(
        enabled,
        name,
        member,
        changedHost,
        changedPort,
        busPort,
        members,
        roles,
        quorum,
        backups,
        detectionTimeout,
        tls);
  }

  /** What this member is called. */
  public String memberName() {
    return member.isEmpty() ? host + ":" + port : member;
  }

  /** Whether this member has that role. */
  public boolean has(Role role) {
    return roles.contains(role);
  }

  /**
   * How long a lead lasts that is not renewed. While some member is silent the entry may not be
   * there to renew: until that one is given up, the lead must last, or every silent member would
   * cost it. And not much longer, since the same time passes when it is the leader who is silent.
   */
  Duration leaseDuration() {
    return detectionTimeout
        .plus(detectionTimeout.multipliedBy(3).dividedBy(10))
        .plus(EVICTION_DELAY);
  }
}
