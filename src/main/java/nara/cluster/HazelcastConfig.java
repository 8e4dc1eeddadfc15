package nara.cluster;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.cluster.map.EventEntry;
import nara.cluster.map.Lease;
import nara.cluster.map.RecoveryProgress;
import nara.cluster.map.SharedKeyring;

/**
 * Builds Hazelcast's configuration from ours; Hazelcast reads no file of its own.
 *
 * <p>All maps of ours are under split-brain protection. With fewer members than the quorum no map
 * can be read or changed, so nobody leads and nothing counts as merged.
 */
public final class HazelcastConfig {
  // Attributes that members publish.

  static final String NODE_ID_ATTRIBUTE = "__vertx.nodeId";
  static final String NARA_ID_ATTRIBUTE = "nara.id";

  static final String MEMBER_NAME_ATTRIBUTE = "nara.member";
  static final String ROLES_ATTRIBUTE = "nara.roles";

  /** The name of the split-brain protection. */
  static final String QUORUM_RULE = "nara.quorum";

  /** A write sends one operation to each partition; few partitions make few, large operations. */
  private static final int PARTITIONS = 61;

  /** The lease must survive two members that die at once. Hazelcast allows six backups. */
  private static final int LEASE_BACKUPS = 3;

  private HazelcastConfig() {}

  public static Config of(ClusterConfig cluster, String nodeId) {
    Config config = new Config();
    config.setClusterName(cluster.name());
    config.setInstanceName("nara-" + nodeId);
    String roles = cluster.roles().stream().map(Role::label).collect(Collectors.joining(","));
    config
        .getMemberAttributeConfig()
        .setAttribute(NODE_ID_ATTRIBUTE, nodeId)
        .setAttribute(MEMBER_NAME_ATTRIBUTE, cluster.memberName())
        .setAttribute(ROLES_ATTRIBUTE, roles);
    network(config.getNetworkConfig(), cluster);
    properties(config, cluster);
    config.getSerializationConfig().setJavaSerializationFilterConfig(serializationFilter());
    config.addSplitBrainProtectionConfig(
        new SplitBrainProtectionConfig(QUORUM_RULE, true, cluster.quorum()));
    String unionPolicy = PutIfAbsentMergePolicy.class.getName();
    String discardPolicy = DiscardMergePolicy.class.getName();
    config.addMapConfig(map(EventEntry.LEDGER_MAP, cluster.backups(), unionPolicy));
    config.addMapConfig(map(SharedKeyring.KEYS_MAP, cluster.backups(), unionPolicy));
    config.addMapConfig(
        map(Lease.LEASE_MAP, Math.max(LEASE_BACKUPS, cluster.backups()), discardPolicy));
    config.addMapConfig(map(RecoveryProgress.PROGRESS_MAP, cluster.backups(), discardPolicy));
    // Vert.x stores the members' bus addresses here. Each member writes its own again when another
    // leaves, so a late backup must not fail a start.
    config.addMapConfig(
        new MapConfig("__vertx.nodeInfo").setBackupCount(0).setAsyncBackupCount(LEASE_BACKUPS));
    return config;
  }

  /**
   * The classes that Java's serialization may create from bytes of another member: those of this
   * project, of Hazelcast and of Vert.x's cluster manager, and plain ones of the JDK. All of our
   * own messages use other formats; Hazelcast sends failures this way.
   */
  static JavaSerializationFilterConfig serializationFilter() {
    ClassFilter allowed =
        new ClassFilter()
            .addPrefixes("[", "nara.", "com.hazelcast.", "io.vertx.spi.cluster.hazelcast.")
            .addPackages("java.lang", "java.util", "java.util.concurrent", "java.time", "java.math")
            .addClasses(
                "java.io.IOException",
                "java.io.EOFException",
                "java.io.UncheckedIOException",
                "java.net.ConnectException",
                "java.net.SocketException",
                "java.net.SocketTimeoutException",
                "java.net.UnknownHostException");
    return new JavaSerializationFilterConfig().setDefaultsDisabled(true).setWhitelist(allowed);
  }

  private static MapConfig map(String name, int backups, String mergePolicy) {
    return new MapConfig(name)
        .setBackupCount(backups)
        .setInMemoryFormat(InMemoryFormat.BINARY)
        .setSplitBrainProtectionName(QUORUM_RULE)
        .setMergePolicyConfig(new MergePolicyConfig(mergePolicy, 1_000));
  }

  /** One interface, one port, members by address: no discovery by multicast. */
  private static void network(NetworkConfig network, ClusterConfig cluster) {
    network.setPort(cluster.port()).setPortAutoIncrement(false).setPortCount(1);
    String address = cluster.advertisedAddress().toString();
    network.setPublicAddress(address);
    network.getInterfaces().setEnabled(true).addInterface(ipAddress(cluster.host()));
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    Stream<String> members = Stream.concat(Stream.of(address), cluster.members().stream());
    join.getTcpIpConfig().setEnabled(true).setMembers(members.distinct().toList());
  }

  /**
   * The IP address of the host: Hazelcast compares the interfaces of this machine with it.
   *
   * @throws ClusterJoinException when the name has no address
   */
  private static String ipAddress(String host) {
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException unknown) {
      throw new ClusterJoinException(
          "cluster.host: \"%s\" cannot be looked up; give an address of this machine"
              .formatted(host));
    }
  }

  private static void properties(Config config, ClusterConfig cluster) {
    Duration detection = cluster.detectionTimeout();
    long beats = Math.max(1, detection.toSeconds());
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        .setProperty("hazelcast.socket.bind.any", "false")
        // By default it ignores IPv6 addresses.
        .setProperty("hazelcast.prefer.ipv4.stack", "false")
        .setProperty("hazelcast.partition.count", String.valueOf(PARTITIONS))
        .setProperty("hazelcast.max.no.heartbeat.seconds", String.valueOf(beats))
        .setProperty("hazelcast.heartbeat.interval.seconds", "1")
        // A write without a backup in time fails, and SharedMap retries it.
        .setProperty("hazelcast.operation.fail.on.indeterminate.state", "true")
        .setProperty("hazelcast.operation.backup.timeout.millis", "1500")
        .setProperty("hazelcast.operation.call.timeout.millis", "20000")
        .setProperty("hazelcast.wait.seconds.before.join", "1")
        .setProperty("hazelcast.merge.first.run.delay.seconds", String.valueOf(beats))
        .setProperty("hazelcast.merge.next.run.delay.seconds", String.valueOf(beats))
        .setProperty("hazelcast.graceful.shutdown.max.wait", "20");
  }
}
