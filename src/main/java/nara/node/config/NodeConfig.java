package nara.node.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nara.checkpoint.consensus.ConsensusConfig;
import nara.checkpoint.sync.CheckpointSyncConfig;
import nara.cluster.ClusterConfig;
import nara.discovery.DiscoveryConfig;
import nara.identity.Hardware;
import nara.identity.Identity;
import nara.identity.Soul;
import nara.ledger.MemoryMode;
import nara.log.LogConfig;
import nara.mesh.MeshConfig;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;
import nara.mqtt.PlazaConfig;
import nara.opinion.OpinionConfig;
import nara.recovery.RecoveryConfig;
import nara.snapshot.SnapshotConfig;
import nara.social.SocialConfig;
import nara.stash.StashConfig;
import nara.trust.TrustConfig;

/**
 * The configuration of a node, with one section for each package. A configuration from {@link
 * ConfigReader} is valid as a whole.
 *
 * @param readOnly whether the node sends only reads; plaza and recovery have the same value
 * @param effective the values as they were read: {@link #with} does not change them
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
    CheckpointSyncConfig checkpoint,
    ConsensusConfig consensus,
    TrustConfig trust,
    StashConfig stash,
    SocialConfig social,
    OpinionConfig opinion,
    WebConfig web,
    LogConfig log,
    ClusterConfig cluster,
    EffectiveConfig effective) {

  /**
   * The identity of the node.
   *
   * @param name empty: the host name, or a name derived from the soul
   * @param soul empty: the native soul of the hardware
   * @param origin where the configured soul came from
   * @param states directories that may hold the native soul, the preferred one first: other
   *     settings may have kept it in a later one; none without a home
   */
  public record IdentityConfig(
      Optional<String> name, Optional<Soul> soul, String origin, List<Path> states) {
    /** The native identity of this machine and user. */
    public static IdentityConfig ofHardware(Optional<String> name) {
      return new IdentityConfig(
          name, Optional.empty(), "", KeptSoul.defaultFolder(System.getenv()).stream().toList());
    }

    /**
     * A copy that may also keep its soul in the folder of a file.
     *
     * @param stateGiven whether the first directory is configured, so that it stays the first one
     */
    IdentityConfig keptBeside(Path file, boolean stateGiven) {
      List<Path> all = new ArrayList<>(states);
      Optional.ofNullable(file.toAbsolutePath().getParent())
          .ifPresent(folder -> all.add(stateGiven && !all.isEmpty() ? 1 : 0, folder));
      return new IdentityConfig(name, soul, origin, all.stream().distinct().toList());
    }

    /**
     * The identity, with this machine's host name and hardware for what is not configured.
     *
     * @param keeps whether a native soul is written into the state folder
     * @throws IllegalArgumentException with a message for the operator when there can be none
     */
    public ChosenIdentity choose(boolean keeps) {
      String given = name.orElse("");
      return soul.map(
              own ->
                  new ChosenIdentity(
                      Identity.resolve(given, own.encoded(), Hardware.hostName(), Optional.empty()),
                      origin,
                      List.of()))
          .orElseGet(
              () ->
                  KeptSoul.choose(
                      states, given, Hardware.hostName(), Hardware.fingerprint(), keeps));
    }
  }

  /**
   * How much the node remembers.
   *
   * @param mode never {@code auto}: that is resolved when the configuration is read
   * @param maxEvents the number of events that the ledger keeps
   * @param maxBytes of their JSON
   */
  public record MemoryConfig(
      MemoryMode mode, int maxEvents, long maxBytes, Optional<SnapshotConfig> snapshot) {}

  /**
   * The management port.
   *
   * @param port 0 takes a free one
   * @param token that requests which change something must have; empty: only programs on this
   *     machine may send such requests
   * @param cors origins of other sites whose pages may read the reference's paths, or {@code *}
   */
  public record WebConfig(boolean enabled, String host, int port, String token, List<String> cors) {
    /** A management port without a token, for pages of its own only. */
    public WebConfig(boolean enabled, String host, int port) {
      this(enabled, host, port, "", List.of());
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "WebConfig[enabled=%s, host=%s, port=%d, cors=%s]"
          .formatted(enabled, host, port, cors);
    }
  }

  /**
   * All keys with their effective values, for people.
   *
   * @param json an object with one object for each section; secrets are masked
   */
  public record EffectiveConfig(String json) {}

  /** Whether this node takes part in the mesh. */
  public boolean usesMesh() {
    return transport != Transport.MQTT && mesh.enabled();
  }

  /**
   * Which announced addresses this node may use. Loopback addresses are allowed when the
   * configuration allows them, or when the node itself (without a proxy), its broker or a
   * configured peer is on loopback: such a network is on one machine.
   */
  public AddressPolicy addressPolicy() {
    Stream<String> named =
        Stream.concat(
            Stream.of(mesh.host()).filter(host -> mesh.hostIsItsAddress()),
            discovery.peers().stream()
                .flatMap(peer -> PeerAddress.parse(peer.address()).stream())
                .map(PeerAddress::host));
    boolean onLoopback =
        named.anyMatch(AddressPolicy::isLoopback)
            || !plaza.url().isEmpty() && AddressPolicy.isLoopback(plaza.brokerHost());
    return new AddressPolicy(discovery.allowLocal() || onLoopback, discovery.allowLocal());
  }

  /**
   * Sentences about settings that keep this node from finding neighbours or from being found, each
   * with the key to set; empty without such settings.
   */
  public List<String> isolationNotes() {
    List<String> notes = new ArrayList<>();
    if (usesMesh()
        && mesh.advertise().isEmpty()
        && discovery.tailscaleSocket().isEmpty()
        && (!mesh.hostIsItsAddress() || isOnLoopbackFarFromItsBroker())) {
      notes.add("others cannot learn where this node is: set mesh.advertise");
    }
    if (discovery.peers().isEmpty()
        && discovery.scan().isEmpty()
        && discovery.tailscaleSocket().isEmpty()
        && !usesPlaza()) {
      notes.add("there is nobody to look for: set discovery.peers or plaza.url");
    }
    if (!usesPlaza() && transport != Transport.MQTT) {
      // On the plaza, this node announces its key.
      discovery.peers().stream()
          .flatMap(peer -> keyQueryFault(peer).stream())
          .findFirst()
          .ifPresent(notes::add);
    }
    return List.copyOf(notes);
  }

  /** Who meets this node at a broker on another machine cannot reach its loopback address. */
  private boolean isOnLoopbackFarFromItsBroker() {
    return usesPlaza()
        && AddressPolicy.isLoopback(mesh.host())
        && !AddressPolicy.isLoopback(plaza.brokerHost());
  }

  private Optional<String> keyQueryFault(DiscoveryConfig.ConfiguredPeer peer) {
    return mesh.keyQueryFault(PeerAddress.hostOf(peer.address()))
        .map(fault -> "%s will refuse this node: %s".formatted(peer.text(), fault));
  }

  /** Whether this node takes part in the plaza. */
  public boolean usesPlaza() {
    return transport != Transport.GOSSIP && !plaza.url().isEmpty();
  }

  /**
   * A copy in which one part is replaced: a section or the transport. The parts have different
   * types, so the type says which one.
   *
   * @throws IllegalArgumentException when no part has this type
   */
  public NodeConfig with(Object part) {
    if (Stream.of(NodeConfig.class.getRecordComponents())
        .noneMatch(component -> component.getType() == part.getClass())) {
      throw new IllegalArgumentException("no part is a " + part.getClass().getSimpleName());
    }
    return new NodeConfig(
        choose(identity, part),
        choose(mesh, part),
        choose(discovery, part),
        choose(plaza, part),
        choose(transport, part),
        readOnly,
        choose(memory, part),
        choose(recovery, part),
        choose(checkpoint, part),
        choose(consensus, part),
        choose(trust, part),
        choose(stash, part),
        choose(social, part),
        choose(opinion, part),
        choose(web, part),
        choose(log, part),
        choose(cluster, part),
        choose(effective, part));
  }

  @SuppressWarnings("unchecked") // both have the same class
  private static <T> T choose(T own, Object part) {
    return own.getClass() == part.getClass() ? (T) part : own;
  }
}
