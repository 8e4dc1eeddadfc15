package nara.node;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.checkpoint.consensus.ConsensusVerticle;
import nara.checkpoint.sync.CheckpointSyncVerticle;
import nara.clock.NetworkClock;
import nara.cluster.Role;
import nara.coordinates.OwnCoordinate;
import nara.discovery.DiscoveryVerticle;
import nara.discovery.TailscaleClient;
import nara.gossip.GossipVerticle;
import nara.identity.Hardware;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.journey.JourneyVerticle;
import nara.ledger.Ledger;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.ledger.clout.CloutRules;
import nara.liveness.LivenessVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshNode;
import nara.mesh.client.MeshSyncVerticle;
import nara.mesh.client.MeshTransport;
import nara.mesh.server.MeshServerVerticle;
import nara.mesh.wire.PeerAddress;
import nara.mqtt.MqttLedgerVerticle;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.opinion.OpinionVerticle;
import nara.presence.Presence;
import nara.presence.PresenceVerticle;
import nara.profile.Flair;
import nara.profile.OwnStatus;
import nara.profile.Profile;
import nara.profile.Status;
import nara.recovery.ClusterWorkRequest.LeaderHandover;
import nara.recovery.CoordinatorVerticle;
import nara.recovery.report.Report;
import nara.snapshot.SnapshotRequest;
import nara.snapshot.SnapshotRequest.SnapshotRestored;
import nara.snapshot.SnapshotRequest.SnapshotUnusable;
import nara.snapshot.SnapshotVerticle;
import nara.social.SocialVerticle;
import nara.stash.StashVerticle;
import nara.status.NodeFacts;
import nara.status.StatusLogVerticle;
import nara.trust.TrustVerticle;
import nara.trust.verifier.MeasuredVerifier;
import nara.trust.verifier.RecheckingVerifier;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;
import nara.web.WebOptions;
import nara.web.WebVerticle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: its parts, deployed in order and undeployed in reverse order.
 *
 * <p>{@link #memberParts} and {@link #leaderParts} list the parts. A node that runs alone has both.
 * In a cluster, each member has the first list, and only the leader has the second.
 */
public final class NaraNode {
  private static final Logger LOG = LoggerFactory.getLogger(NaraNode.class);

  /** The least time for the last snapshot; one of 320,000 events takes seconds. */
  private static final Duration SNAPSHOT_STOP_TIMEOUT = Duration.ofSeconds(20);

  /** A busy machine writes a million events in less than a minute. */
  private static final Duration SNAPSHOT_TIME_PER_EVENT = Duration.ofNanos(60_000);

  /** How long all other parts may take to stop. */
  private static final Duration OTHERS_STOP_TIMEOUT = Duration.ofSeconds(10);

  /** For slow operations: a large merge, or an export of all events. */
  private static final DeploymentOptions WORKER =
      new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);

  private final Vertx vertx;
  private final NodeConfig config;
  private final DerivedConfigs derived;
  private final Identity me;
  private final MeasuredVerifier verifier;
  private final Platform platform;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Function<NaraNode, Future<?>> beforeRecovery;
  private final Optional<ClusterLifecycle> cluster;
  private final Deployments deployments;
  private final boolean usesBroker;
  private final NodeFacts facts;
  private final Keyring keys = new Keyring();
  private final ListenPort listenPort = new ListenPort();
  private final NetworkClock networkClock;
  private final MeshNode meshNode;
  private final OwnStatus ownStatus;

  /** The stages before the recovery, for its report. */
  private final List<EarlierStage> earlierStages = new ArrayList<>();

  private record EarlierStage(
      String name, String outcome, String reason, Instant began, long durationMs) {
    Report.StageReport report(Instant recoveryStart) {
      long startedMs = Duration.between(recoveryStart, began).toMillis();
      return new Report.StageReport(name, outcome, reason, startedMs, durationMs);
    }
  }

  private NaraNode(
      NodeConfig config,
      Identity me,
      MeasuredVerifier verifier,
      Platform platform,
      Function<NaraNode, Future<?>> beforeRecovery,
      Optional<ClusterLifecycle> cluster) {
    this.vertx =
        cluster
            .map(joined -> joined.member().vertx())
            .orElseGet(() -> platform.vertx().apply(Platform.vertxOptions()));
    this.config = config;
    this.me = me;
    this.verifier = verifier;
    this.platform = platform;
    this.scheduler = platform.scheduler();
    this.random = platform.random();
    this.beforeRecovery = beforeRecovery;
    this.cluster = cluster;
    this.deployments = new Deployments(vertx);
    this.networkClock = new NetworkClock(scheduler);
    this.meshNode =
        new MeshNode(
            me,
            keys,
            config.mesh(),
            verifier,
            scheduler,
            networkClock,
            listenPort,
            // Two naras must not start at one place; their ids differ.
            new OwnCoordinate(new SplittableRandom(me.id().hashCode())));
    this.ownStatus = ownStatus();
    this.derived = new DerivedConfigs(config, me);
    this.usesBroker = derived.usesBroker();
    this.facts = readFacts();
  }

  /** The parts of every member, in order. Each part may send requests to those before it. */
  private List<Part> memberParts() {
    boolean clustered = cluster.isPresent();
    boolean ledger = !clustered || config.cluster().has(Role.LEDGER);
    boolean snapshot = ledger && config.memory().snapshot().isPresent();
    boolean meshSync = ledger && config.cluster().has(Role.MESH_SYNC);
    boolean meshServer = ledger && config.usesMesh();
    boolean opinion = config.cluster().has(Role.LEDGER);
    boolean web = config.web().enabled() && config.cluster().has(Role.WEB);
    return List.of(
        // First, so that an operator sees the node while it reads its snapshot.
        Part.of("web", web, this::web)
            .explaining(portFailure("web", config.web().host(), config.web().port())),
        Part.of("status-log", true, () -> new StatusLogVerticle(facts)),
        Part.of("ledger", ledger, this::ledger).with(WORKER),
        Part.of("shared-ledger", ledger && clustered, this::sharedLedger),
        Part.of("snapshot", snapshot, this::snapshot)
            .stoppingWithin(snapshotStopTimeout())
            .explaining(reason -> "memory.snapshot: " + reason),
        Part.of("trust", ledger, this::trust)
            .then(this::restoreSnapshot)
            .then(() -> beforeRecovery.apply(this)),
        Part.of("mesh-sync", meshSync, () -> new MeshSyncVerticle(meshNode)),
        Part.of("mesh-server", meshServer, this::meshServer)
            .explaining(portFailure("mesh", config.mesh().host(), config.mesh().port()))
            .then(this::findOwnHost),
        Part.of("opinion", opinion, this::opinion));
  }

  /**
   * The parts that only one member at a time has, in order. Gossip stops after presence, so the
   * last zine carries the goodbye, and before discovery, which knows the neighbours.
   */
  private List<Part> leaderParts(Optional<LeaderHandover> handover) {
    return List.of(
        Part.of("discovery", true, this::discovery),
        Part.of("gossip", true, this::gossip),
        Part.of("presence", true, this::presence),
        Part.of("mqtt-ledger", usesBroker, this::mqttLedger),
        Part.of("checkpoint-sync", true, this::checkpointSync),
        // Checkpoints are agreed on over the plaza only.
        Part.of("consensus", usesBroker, this::consensus),
        Part.of("prune", handover.isPresent(), () -> prune(handover.orElseThrow().term())),
        Part.of("liveness", true, this::liveness),
        Part.of("social", true, this::social),
        Part.of("stash", derived.usesStash(), this::stash),
        Part.of("journey", true, this::journey),
        Part.of("coordinator", true, () -> coordinator(handover)));
  }

  /**
   * Starts a node on its own instance of Vert.x.
   *
   * @param beforeRecovery runs when the ledger and the trust verticle are deployed, before the node
   *     sends or serves any request; the place to import events. Its failure fails the start.
   * @return the node, once all parts are deployed and the recovery has begun. It fails with a
   *     {@link NodeStartException} for a reason that the operator can fix, such as a port in use.
   */
  public static Future<NaraNode> start(
      NodeConfig config,
      Identity me,
      Scheduler scheduler,
      RandomGenerator random,
      Function<NaraNode, Future<?>> beforeRecovery) {
    return start(config, me, Platform.of(scheduler, random), beforeRecovery);
  }

  /** The same on another platform than this machine. */
  public static Future<NaraNode> start(
      NodeConfig config,
      Identity me,
      Platform platform,
      Function<NaraNode, Future<?>> beforeRecovery) {
    VerifierChoice choice =
        platform
            .verifier()
            .<VerifierChoice>map(VerifierChoice.Available::new)
            .orElseGet(
                () -> Verifiers.choose(config.trust().verifier(), config.trust().maxKeyTables()));
    return switch (choice) {
      case VerifierChoice.Unavailable unavailable ->
          Future.failedFuture(new NodeStartException("trust.verifier: " + unavailable.reason()));
      case VerifierChoice.Available available -> {
        MeasuredVerifier verifier =
            new MeasuredVerifier(withRecheck(available.signatureVerifier(), config));
        // While the node starts and looks for neighbours; their first page needs it.
        ForkJoinPool.commonPool().execute(available.signatureVerifier()::prepare);
        // An event loop must not complete this promise: after a failed start there is none.
        Promise<NaraNode> started = Promise.promise();
        join(config, me)
            .map(cluster -> new NaraNode(config, me, verifier, platform, beforeRecovery, cluster))
            .onFailure(started::fail)
            .onSuccess(
                node ->
                    node.deployAll()
                        .onSuccess(deployed -> started.complete(node))
                        .onFailure(
                            failure -> node.stop().onComplete(stopped -> started.fail(failure))));
        yield started.future();
      }
    };
  }

  private static Future<Optional<ClusterLifecycle>> join(NodeConfig config, Identity me) {
    return config.cluster().enabled()
        ? ClusterLifecycle.join(config, me, Platform.vertxOptions()).map(Optional::of)
        : Future.succeededFuture(Optional.empty());
  }

  /** The verifier; a second one checks a sample of the signatures that it accepts. */
  private static SignatureVerifier withRecheck(SignatureVerifier first, NodeConfig config) {
    int oneIn = config.trust().recheckOneIn();
    return oneIn > 0 && Verifiers.secondary(first.name()) instanceof VerifierChoice.Available second
        ? new RecheckingVerifier(
            first, second.signatureVerifier(), oneIn, ForkJoinPool.commonPool())
        : first;
  }

  private Future<?> deployAll() {
    keys.learn(me.name(), me.id(), me.keys().publicKey(), Origin.SELF);
    Optional<String> wrong = learnConfiguredKeys();
    if (wrong.isPresent()) {
      return Future.failedFuture(new NodeStartException(wrong.get()));
    }
    logStart();
    return deployments.deploy(memberParts()).compose(deployed -> lead());
  }

  private void logStart() {
    LOG.info(
        "Starting; name={} id={} version={} transport={} mesh={} web={} neighbours_configured={}"
            + " broker={} max_events={} memory_max_mb={} verifier={}",
        SafeText.excerpt(me.name()),
        me.id(),
        facts.version(),
        config.transport().label(),
        config.usesMesh() ? new PeerAddress(config.mesh().host(), config.mesh().port()) : "off",
        config.web().enabled() ? new PeerAddress(config.web().host(), config.web().port()) : "off",
        config.discovery().peers().size(),
        usesBroker ? config.plaza().url() : "off",
        config.memory().maxEvents(),
        Runtime.getRuntime().maxMemory() >> 20,
        verifier.name());
  }

  /** The problem, in a sentence: the operator knows this node by another key than its own. */
  private Optional<String> learnConfiguredKeys() {
    Map<String, PublicKey> configured = new HashMap<>(config.trust().keys());
    config.discovery().peers().stream()
        .filter(peer -> peer.key().isPresent())
        .forEach(peer -> configured.put(peer.name(), peer.key().get()));
    PublicKey mine = me.keys().publicKey();
    if (!configured.getOrDefault(me.name(), mine).equals(mine)) {
      return Optional.of(
          ("trust.keys or discovery.peers: the public key of %s, this node, is not that of its"
                  + " soul, %s; remove the entry")
              .formatted(SafeText.quoted(me.name()), mine));
    }
    configured.forEach((name, key) -> keys.learn(name, "", key, Origin.CONFIG));
    return Optional.empty();
  }

  private Future<?> lead() {
    return cluster.isPresent()
        ? cluster.get().start(deployments, handover -> leaderParts(Optional.of(handover)))
        : deployments.deploy(leaderParts(Optional.empty()));
  }

  private Deployable ledger() {
    Ledger ledger = new Ledger(derived.ledger(), keys);
    ledger.followClout(CloutRules.of(me.soul()));
    return new LedgerVerticle(
        ledger,
        newRandom(),
        cluster.isPresent() ? LedgerRequest.VIEW_ADDRESS : LedgerRequest.ADDRESS);
  }

  private Deployable sharedLedger() {
    return cluster.orElseThrow().member().sharedLedgerVerticle(keys);
  }

  private Deployable snapshot() {
    byte[] sealKey = me.soul().derivedKey("nara:snapshot:v1", "seal");
    return new SnapshotVerticle(
        config.memory().snapshot().orElseThrow(),
        sealKey,
        keys,
        scheduler,
        config.identity().soul().isEmpty());
  }

  private Deployable trust() {
    return new TrustVerticle(config.trust(), verifier, keys, networkClock, platform.cores());
  }

  private Deployable meshServer() {
    AddressBook addresses = new AddressBook(config.discovery(), config.addressPolicy());
    bus().subscribe(Presence.ADDRESS, Presence.class, addresses::onPresence);
    return new MeshServerVerticle(
        meshNode, addresses, serverVertx -> new MeshTransport(serverVertx, meshNode));
  }

  /** Asks before the first announcement. Later the discovery asks again. */
  private Future<?> findOwnHost() {
    String socket = config.discovery().tailscaleSocket();
    return socket.isEmpty() || !config.mesh().advertise().isEmpty()
        ? Future.succeededFuture()
        : TailscaleClient.ownHost(vertx, socket).onSuccess(listenPort::setFoundHost);
  }

  private Deployable opinion() {
    return new OpinionVerticle(me.name(), config.opinion(), scheduler);
  }

  private Deployable web() {
    return new WebVerticle(
        new WebOptions(
            config.web().host(),
            config.web().port(),
            config.web().token(),
            config.web().cors(),
            config.effective().json()),
        facts,
        keys);
  }

  private NodeFacts readFacts() {
    String version = NaraNode.class.getPackage().getImplementationVersion();
    return new NodeFacts(
        me.name(),
        me.id(),
        Optional.ofNullable(version).orElse("unpackaged"),
        scheduler.instant(),
        scheduler,
        new NodeFacts.Parts(
            usesBroker,
            config.memory().snapshot().isPresent(),
            cluster.isPresent(),
            derived.usesStash()),
        verifier,
        networkClock,
        this::notes);
  }

  /** What an operator should know about this node's state, in sentences. */
  private List<String> notes() {
    List<String> notes = new ArrayList<>(config.isolationNotes());
    networkClock.warning().ifPresent(notes::add);
    return notes;
  }

  private Deployable journey() {
    return new JourneyVerticle(me, keys, derived.journey(), verifier, scheduler, networkClock);
  }

  private Deployable gossip() {
    return new GossipVerticle(me.name(), derived.gossip(), scheduler, newRandom());
  }

  private Deployable presence() {
    return new PresenceVerticle(
        me,
        derived.presence(),
        this::meshAddress,
        () -> cluster.map(ClusterLifecycle::isNaraLeaving).orElse(true),
        scheduler);
  }

  private Deployable mqttLedger() {
    return new MqttLedgerVerticle(
        me,
        keys,
        config.plaza(),
        ownStatus,
        verifier,
        scheduler,
        networkClock,
        newRandom(),
        cluster.isEmpty());
  }

  private OwnStatus ownStatus() {
    Status.Memory memory =
        new Status.Memory(
            config.memory().mode().label(),
            Runtime.getRuntime().maxMemory() >> 20,
            config.memory().maxEvents());
    String version = NaraNode.class.getPackage().getImplementationVersion();
    return new OwnStatus(
        me,
        version == null ? "nara-vertx" : "nara-vertx " + version,
        Profile.of(config.transport().label(), memory, config.social().publicUrl()),
        this::meshAddress,
        meshNode.coordinate(),
        Flair.onThisMachine(me, Hardware.hostName(), System.getenv()),
        scheduler.steady(),
        platform.load());
  }

  private String meshAddress() {
    return config.usesMesh() ? listenPort.advertisedAddress(config.mesh()) : "";
  }

  private Deployable discovery() {
    boolean usesMesh = config.transport() != Transport.MQTT;
    return new DiscoveryVerticle(
        me,
        keys,
        config.discovery(),
        config.addressPolicy(),
        scheduler,
        networkClock,
        newRandom(),
        listenPort::setFoundHost,
        usesMesh,
        config.mesh().proxy().isEmpty());
  }

  private Deployable checkpointSync() {
    return new CheckpointSyncVerticle(config.checkpoint(), newRandom());
  }

  private Deployable consensus() {
    return new ConsensusVerticle(
        me, keys, config.consensus(), config.readOnly(), verifier, scheduler, newRandom());
  }

  private Deployable prune(long term) {
    return cluster.orElseThrow().member().pruneVerticle(keys, term);
  }

  private Deployable liveness() {
    return new LivenessVerticle(me, derived.liveness(), scheduler, networkClock, newRandom());
  }

  private Deployable social() {
    return new SocialVerticle(
        me,
        config.social().enabled() && !config.readOnly(),
        ownStatus,
        meshNode.coordinate(),
        scheduler,
        newRandom());
  }

  private Deployable stash() {
    return new StashVerticle(
        meshNode, config.stash(), config.memory().mode(), newRandom(), platform.nonces());
  }

  private Deployable coordinator(Optional<LeaderHandover> handover) {
    Instant now = scheduler.steady().instant();
    return new CoordinatorVerticle(
        config.recovery(),
        me.name(),
        usesBroker,
        scheduler,
        newRandom(),
        earlierStages.stream().map(stage -> stage.report(now)).toList(),
        handover);
  }

  /** A generator is not thread-safe, so each verticle has its own. */
  private RandomGenerator newRandom() {
    return new SplittableRandom(random.nextLong());
  }

  private Future<?> restoreSnapshot() {
    if (config.memory().snapshot().isEmpty()) {
      return Future.succeededFuture();
    }
    return bus()
        .request(SnapshotRequest.ADDRESS, new SnapshotRequest.RestoreSnapshot(), Timeouts.IMPORT)
        .compose(
            result ->
                switch (result) {
                  case SnapshotUnusable unusable ->
                      Future.failedFuture(
                          new NodeStartException("memory.snapshot: " + unusable.sentence()));
                  case SnapshotRestored r -> {
                    String outcome = r.found() ? r.sealed() ? "complete" : "partial" : "skipped";
                    earlierStages.add(
                        new EarlierStage(
                            "snapshot",
                            outcome,
                            r.sentence(),
                            scheduler.steady().instant().minusMillis(r.durationMillis()),
                            r.durationMillis()));
                    yield Future.succeededFuture();
                  }
                });
  }

  private static UnaryOperator<String> portFailure(String section, String host, int port) {
    return reason ->
        "cannot listen on %s (%s); set %3$s.host and %3$s.port, or set %3$s.enabled to false"
            .formatted(new PeerAddress(host, port), reason, section);
  }

  public Bus bus() {
    return Bus.of(vertx);
  }

  public Identity identity() {
    return me;
  }

  public Keyring keys() {
    return keys;
  }

  /** The port of the mesh server; empty without one. */
  public Optional<Integer> meshPort() {
    return listenPort.port().stream().boxed().findFirst();
  }

  /** A stop takes longer only when a part is stuck. It depends on the size of the ledger. */
  public Duration stopTimeout() {
    return snapshotStopTimeout().plus(OTHERS_STOP_TIMEOUT);
  }

  private Duration snapshotStopTimeout() {
    Duration bySize = SNAPSHOT_TIME_PER_EVENT.multipliedBy(config.memory().maxEvents());
    return bySize.compareTo(SNAPSHOT_STOP_TIMEOUT) > 0 ? bySize : SNAPSHOT_STOP_TIMEOUT;
  }

  /** Stops all parts in reverse order, and then Vert.x. Never fails. */
  public Future<?> stop() {
    // Vert.x delivers a result on the caller's event loop, and close() ends the event loops. So a
    // new thread calls it, and an event loop must not complete the promise.
    Promise<Void> stopped = Promise.promise();
    cluster
        .<Future<?>>map(ClusterLifecycle::quiesce)
        .orElseGet(Future::succeededFuture)
        .transform(quiet -> deployments.undeployDownTo(0))
        .onComplete(
            undeployed -> Thread.ofPlatform().name("nara-close").start(() -> close(stopped)));
    return stopped.future();
  }

  private void close(Promise<Void> stopped) {
    vertx
        .close()
        .onComplete(
            closed ->
                cluster
                    .<Future<?>>map(lifecycle -> lifecycle.member().leave())
                    .orElseGet(Future::succeededFuture)
                    .onComplete(left -> stopped.complete()));
  }

  /**
   * Ends the recovery with what it has, and reports it like any other end. The other parts keep
   * running. One member does not end the recovery of a cluster.
   */
  public Future<?> endRecovery() {
    // The coordinator is the last part.
    return cluster.isPresent()
        ? Future.succeededFuture()
        : deployments.undeployDownTo(deployments.count() - 1);
  }
}
