package nara.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The maps of a cluster, and what Hazelcast is told: our JSON decides, no file of its own.
 *
 * <p>Everything of ours is under split-brain protection: with fewer members than the quorum no map
 * can be read or changed, so nothing leads and nothing counts as merged.
 */
public final class HazelcastConfig {
  /** Event id and form → verdict and bytes as received. An entry never changes. */
  public static final String LEDGER_MAP = "nara.ledger";

  /** Names and ids → keys. */
  static final String KEYS_MAP = "nara.keys";

  /** Who leads. */
  public static final String LEASE_MAP = "nara.lease";

  /** Its one entry. */
  public static final String LEASE_KEY = "leader";

  /** How far the recovery is. */
  public static final String PROGRESS_MAP = "nara.progress";

  /** Where Hazelcast's members say who they are. */
  static final String NODE_ID_ATTRIBUTE = "__vertx.nodeId";

  /** Which nara the cluster is. */
  static final String NARA_ID_ATTRIBUTE = "nara.id";

  static final String MEMBER_NAME_ATTRIBUTE = "nara.member";
  static final String ROLES_ATTRIBUTE = "nara.roles";

  /** Under this name the operations on maps find the terms of the member that they run on. */
  public static final String TERMS_CONTEXT_KEY = "nara.terms";

  /** What lets the maps be read and changed while enough members are there. */
  static final String QUORUM_RULE = "nara.quorum";

  /**
   * A write sends one operation to each partition: few are enough for the members of one operator,
   * and make large ones.
   */
  private static final int PARTITIONS = 61;

  /** What is lost with two members dying at once must not be who leads: Hazelcast allows six. */
  private static final int LEASE_BACKUPS = 3;

  private HazelcastConfig() {}

  public static Config of(ClusterConfig cluster, String nodeId) {
    Config config = new Config();
    config.setClusterName(cluster.name());
    config.setInstanceName("nara-" + nodeId);
    config
        .getMemberAttributeConfig()
        .setAttribute(NODE_ID_ATTRIBUTE, nodeId)
        .setAttribute(MEMBER_NAME_ATTRIBUTE, cluster.memberName())
        .setAttribute(
            ROLES_ATTRIBUTE,
            cluster.roles().stream().map(Role::label).collect(Collectors.joining(",")));
    network(config.getNetworkConfig(), cluster);
    properties(config, cluster);
    config.addSplitBrainProtectionConfig(
        new SplitBrainProtectionConfig(QUORUM_RULE, true, cluster.quorum()));
    String unionPolicy = PutIfAbsentMergePolicy.class.getName();
    String discardPolicy = DiscardMergePolicy.class.getName();
    config.addMapConfig(map(LEDGER_MAP, cluster.backups(), unionPolicy));
    config.addMapConfig(map(KEYS_MAP, cluster.backups(), unionPolicy));
    config.addMapConfig(map(LEASE_MAP, Math.max(LEASE_BACKUPS, cluster.backups()), discardPolicy));
    config.addMapConfig(map(PROGRESS_MAP, cluster.backups(), discardPolicy));
    // Where Vert.x keeps where its members listen: each writes itself again when one is gone, so
    // a backup that is late must not fail a start.
    config.addMapConfig(
        new MapConfig("__vertx.nodeInfo").setBackupCount(0).setAsyncBackupCount(LEASE_BACKUPS));
    return config;
  }

  private static MapConfig map(String name, int backups, String mergePolicy) {
    return new MapConfig(name)
        .setBackupCount(backups)
        .setInMemoryFormat(InMemoryFormat.BINARY)
        .setSplitBrainProtectionName(QUORUM_RULE)
        .setMergePolicyConfig(new MergePolicyConfig(mergePolicy, 1_000));
  }

  /** One interface, one port, the members by address: nothing is found by calling around. */
  private static void network(NetworkConfig network, ClusterConfig cluster) {
    network.setPort(cluster.port()).setPortAutoIncrement(false).setPortCount(1);
    network.setPublicAddress(cluster.host() + ":" + cluster.port());
    network.getInterfaces().setEnabled(true).addInterface(cluster.host());
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig()
        .setEnabled(true)
        .setMembers(
            Stream.concat(
                    Stream.of(cluster.host() + ":" + cluster.port()), cluster.members().stream())
                .distinct()
                .toList());
  }

  private static void properties(Config config, ClusterConfig cluster) {
    Duration detection = cluster.detectionTimeout();
    long beats = Math.max(1, detection.toSeconds());
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        .setProperty("hazelcast.socket.bind.any", "false")
        .setProperty("hazelcast.partition.count", String.valueOf(PARTITIONS))
        .setProperty("hazelcast.max.no.heartbeat.seconds", String.valueOf(beats))
        .setProperty("hazelcast.heartbeat.interval.seconds", "1")
        // A write whose backup is not there in time has failed: it is made again.
        .setProperty("hazelcast.operation.fail.on.indeterminate.state", "true")
        .setProperty("hazelcast.operation.backup.timeout.millis", "1500")
        .setProperty("hazelcast.operation.call.timeout.millis", String.valueOf(20_000))
        .setProperty("hazelcast.wait.seconds.before.join", "1")
        .setProperty("hazelcast.merge.first.run.delay.seconds", String.valueOf(beats))
        .setProperty("hazelcast.merge.next.run.delay.seconds", String.valueOf(beats))
        .setProperty("hazelcast.graceful.shutdown.max.wait", "20");
  }
}
