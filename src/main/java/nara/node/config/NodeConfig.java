package nara.node.config;

import java.util.Optional;
import nara.checkpoint.consensus.ConsensusConfig;
import nara.checkpoint.sync.CheckpointSyncConfig;
import nara.cluster.ClusterConfig;
import nara.discovery.DiscoveryConfig;
import nara.identity.Hardware;
import nara.identity.Identity;
import nara.identity.Soul;
import nara.ledger.MemoryMode;
import nara.mesh.MeshConfig;
import nara.mqtt.PlazaConfig;
import nara.recovery.RecoveryConfig;
import nara.snapshot.SnapshotConfig;
import nara.trust.TrustConfig;

/**
 * Everything a node is told before it starts: the configuration of each package, side by side.
 *
 * <p>What {@link ConfigReader} makes is valid as a whole; the {@code with} methods are for commands
 * that start a node by their own options.
 *
 * @param readOnly whether nothing but reads may be sent; the same in plaza and recovery
 */
public record NodeConfig(
    IdentityConfig identity,
    MeshConfig mesh,
    DiscoveryConfig discovery,
    PlazaConfig plaza,
    Transport transport,
    boolean readOnly,
    MemoryConfig memory,
    RecoveryConfig recovery,
    CheckpointConfig checkpoint,
    TrustConfig trust,
    WebConfig web,
    ClusterConfig cluster) {

  /**
   * Who the node is.
   *
   * @param name its name; empty: after its host, or drawn from the soul
   * @param soul its secret; empty: the native one of its hardware
   */
  public record IdentityConfig(Optional<String> name, Optional<Soul> soul) {
    /**
     * The identity that follows, with this machine's host name and hardware for what is not given.
     *
     * @throws IllegalArgumentException with a sentence for the operator when nothing can be made
     */
    public Identity determine() {
      return Identity.resolve(
          name.orElse(""),
          soul.map(Soul::encoded).orElse(""),
          Hardware.hostName(),
          Hardware.fingerprint());
    }
  }

  /**
   * How much the node remembers.
   *
   * @param mode the profile; {@code auto} is decided by now
   * @param maxEvents that the ledger keeps
   * @param snapshot where the ledger is written down, if it is
   */
  public record MemoryConfig(MemoryMode mode, int maxEvents, Optional<SnapshotConfig> snapshot) {
    /** The same with a snapshot. */
    public MemoryConfig withSnapshot(SnapshotConfig to) {
      return new MemoryConfig(mode, maxEvents, Optional.of(to));
    }
  }

  /** How the node fetches checkpoints, and how it agrees on new ones. */
  public record CheckpointConfig(CheckpointSyncConfig sync, ConsensusConfig consensus) {}

  /**
   * Whether and where the management port listens.
   *
   * @param port 0 takes a free one
   */
  public record WebConfig(boolean enabled, String host, int port) {}

  /** Whether this node meets others over the mesh. */
  public boolean usesMesh() {
    return transport != Transport.MQTT && mesh.enabled();
  }

  /** Whether this node meets others on the plaza. */
  public boolean usesPlaza() {
    return transport != Transport.GOSSIP && !plaza.url().isEmpty();
  }

  public NodeConfig withIdentity(IdentityConfig changed) {
    return new NodeConfig(
        changed,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        web,
        cluster);
  }

  public NodeConfig withMesh(MeshConfig changed) {
    return new NodeConfig(
        identity,
        changed,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        web,
        cluster);
  }

  public NodeConfig withDiscovery(DiscoveryConfig changed) {
    return new NodeConfig(
        identity,
        mesh,
        changed,
        plaza,
        transport,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        web,
        cluster);
  }

  public NodeConfig withPlaza(PlazaConfig changed) {
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        changed,
        transport,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        web,
        cluster);
  }

  public NodeConfig withTransport(Transport changed) {
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        changed,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        web,
        cluster);
  }

  public NodeConfig withMemory(MemoryConfig changed) {
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        changed,
        recovery,
        checkpoint,
        trust,
        web,
        cluster);
  }

  public NodeConfig withRecovery(RecoveryConfig changed) {
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        changed,
        checkpoint,
        trust,
        web,
        cluster);
  }

  public NodeConfig withCheckpoint(CheckpointConfig changed) {
    return new NodeConfig(
        identity, mesh, discovery, plaza, transport, readOnly, memory, recovery, changed, trust,
        web, cluster);
  }

  public NodeConfig withWeb(WebConfig changed) {
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        changed,
        cluster);
  }

  public NodeConfig withCluster(ClusterConfig changed) {
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        web,
        changed);
  }
}
