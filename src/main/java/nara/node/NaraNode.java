package nara.node;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.checkpoint.consensus.ConsensusVerticle;
import nara.checkpoint.sync.CheckpointSyncVerticle;
import nara.cluster.Role;
import nara.discovery.DiscoveryVerticle;
import nara.gossip.GossipConfig;
import nara.gossip.GossipVerticle;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Personality;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.liveness.LivenessConfig;
import nara.liveness.LivenessVerticle;
import nara.mesh.ListenPort;
import nara.mesh.client.MeshSyncVerticle;
import nara.mesh.server.MeshServerVerticle;
import nara.mqtt.MqttLedgerVerticle;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.opinion.OpinionConfig;
import nara.opinion.OpinionVerticle;
import nara.presence.Presence;
import nara.presence.Profile;
import nara.recovery.ClusterWorkRequest;
import nara.recovery.CoordinatorVerticle;
import nara.recovery.report.Report;
import nara.trust.TrustVerticle;
import nara.trust.verifier.RecheckingVerifier;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;
import nara.web.WebVerticle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: the verticles, deployed in order and undeployed in reverse, each step under a deadline.
 *
 * <p>ledger → snapshot → trust → mesh sync → mesh server → gossip → plaza → discovery → checkpoint
 * sync → consensus → opinion → upkeep → web → coordinator: each after those that it asks.
 */
public final class NaraNode {
  private static final Logger LOG = LoggerFactory.getLogger(NaraNode.class);

  /** How long one verticle may take to stop before the next one is stopped all the same. */
  private static final Duration VERTICLE_STOP_TIMEOUT = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final NodeConfig config;
  private final Identity me;
  private final Optional<ClusterLifecycle> membership;
  private final Optional<SnapshotDeployment> remembering;
  private final Keyring keys = new Keyring();
  private final ListenPort listenPort = new ListenPort();
  private final Deque<DeployedVerticle> deployed = new ArrayDeque<>();

  /** A verticle that runs, and how long it may take to stop. */
  private record DeployedVerticle(String id, Duration stopTimeout) {}

  /** What came before the recovery, for its report. */
  private final List<Report.StageReport> earlierStages = new ArrayList<>();

  private NaraNode(
      Vertx vertx, NodeConfig config, Identity me, Optional<ClusterLifecycle> membership) {
    this.vertx = vertx;
    this.config = config;
    this.me = me;
    this.membership = membership;
    this.remembering =
        config.memory().snapshot().map(snapshot -> new SnapshotDeployment(snapshot, me));
  }

  /**
   * Starts a node on an instance of Vert.x of its own.
   *
   * @param beforeRecovery done when the ledger and the judge are there and before anybody is asked
   *     or served: the place to import; its failure fails the start
   * @return the node, once every verticle is deployed and the recovery has begun; fails with a
   *     sentence when a port is taken or a verifier cannot be had
   */
  public static Future<NaraNode> start(
      NodeConfig config,
      Identity me,
      Scheduler scheduler,
      RandomGenerator random,
      Function<NaraNode, Future<?>> beforeRecovery) {
    VertxOptions options =
        new VertxOptions()
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false));
    // Answered through a promise that belongs to no event loop: after a failure those are gone.
    Promise<NaraNode> started = Promise.promise();
    create(config, options, me)
        .onFailure(started::fail)
        .onSuccess(
            node ->
                node.deployAll(scheduler, random, beforeRecovery)
                    .onSuccess(deployed -> started.complete(node))
                    .onFailure(
                        failure -> node.stop().onComplete(stopped -> started.fail(failure))));
    return started.future();
  }

  /** Alone, or as a member of a cluster; only the latter loads what clusters need. */
  private static Future<NaraNode> create(NodeConfig config, VertxOptions options, Identity me) {
    return config.cluster().enabled()
        ? ClusterLifecycle.join(config, me, options)
            .map(joined -> new NaraNode(joined.vertx(), config, me, Optional.of(joined)))
        : Future.succeededFuture(new NaraNode(Vertx.vertx(options), config, me, Optional.empty()));
  }

  private Future<?> deployAll(
      Scheduler scheduler, RandomGenerator random, Function<NaraNode, Future<?>> beforeRecovery) {
    keys.learn(me.name(), me.id(), me.keys().publicKey(), Origin.SELF);
    SignatureVerifier signatureVerifier;
    switch (Verifiers.choose(config.trust().verifier(), config.trust().maxKeyTables())) {
      case VerifierChoice.Unavailable unavailable -> {
        return Future.failedFuture(
            new NodeStartException("trust.verifier: " + unavailable.reason()));
      }
      case VerifierChoice.Available available ->
          signatureVerifier = withRecheck(available.signatureVerifier());
    }
    if (membership.isPresent()) {
      ClusterLifecycle mine = membership.get();
      Function<Optional<ClusterWorkRequest.LeaderHandover>, Future<?>> lead =
          found ->
              deployLeaderVerticles(scheduler, random, signatureVerifier)
                  .compose(
                      next -> deploy(mine.member().pruneVerticle(keys, found.orElseThrow().term())))
                  .compose(next -> deployCoordinator(scheduler, random, found));
      return (config.cluster().has(Role.LEDGER)
              ? deployLedger(scheduler, random, signatureVerifier, beforeRecovery)
                  .compose(next -> deployMesh(scheduler, signatureVerifier))
              : Future.succeededFuture())
          .compose(next -> deployOpinionAndWeb(scheduler))
          .compose(next -> mine.start(this, lead));
    }
    return deployLedger(scheduler, random, signatureVerifier, beforeRecovery)
        .compose(next -> deployMesh(scheduler, signatureVerifier))
        .compose(next -> deployLeaderVerticles(scheduler, random, signatureVerifier))
        .compose(next -> deployOpinionAndWeb(scheduler))
        .compose(next -> deployCoordinator(scheduler, random, Optional.empty()));
  }

  /** The ledger and the door into it, with what this node remembers by itself. */
  private Future<?> deployLedger(
      Scheduler scheduler,
      RandomGenerator random,
      SignatureVerifier signatureVerifier,
      Function<NaraNode, Future<?>> beforeRecovery) {
    // The ledger does work that takes long now and then (a sample is one pass): not on an event
    // loop, and still one request after the other.
    DeploymentOptions worker = new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
    Ledger ledger = new Ledger(ledgerConfig(), name -> keys.byName(name).isPresent());
    String at = membership.isPresent() ? LedgerRequest.VIEW_ADDRESS : LedgerRequest.ADDRESS;
    return deploy(new LedgerVerticle(ledger, splitRandom(random), at), worker)
        .compose(
            next ->
                membership.isPresent()
                    ? deploy(membership.get().member().sharedLedgerVerticle(keys))
                    : Future.succeededFuture())
        .compose(next -> deploySnapshot(scheduler))
        .compose(
            next -> deploy(new TrustVerticle(config.trust(), signatureVerifier, keys, scheduler)))
        .compose(next -> restoreSnapshot())
        .compose(next -> beforeRecovery.apply(this));
  }

  /** What asks and answers on the mesh: in a cluster, every member does. */
  private Future<?> deployMesh(Scheduler scheduler, SignatureVerifier signatureVerifier) {
    AddressBook addresses = new AddressBook(config.discovery());
    Bus.of(vertx).subscribe(Presence.ADDRESS, Presence.class, addresses::onPresence);
    return (config.cluster().has(Role.MESH_SYNC)
            ? deploy(
                new MeshSyncVerticle(
                    me, keys, config.mesh(), signatureVerifier, scheduler, listenPort))
            : Future.succeededFuture())
        .compose(
            next ->
                config.usesMesh()
                    ? deployServer(
                        "mesh",
                        config.mesh().host(),
                        config.mesh().port(),
                        new MeshServerVerticle(
                            me,
                            keys,
                            config.mesh(),
                            signatureVerifier,
                            scheduler,
                            addresses,
                            listenPort))
                    : Future.succeededFuture());
  }

  /** What one member at a time does for the nara: in a cluster, the leader. */
  private Future<?> deployLeaderVerticles(
      Scheduler scheduler, RandomGenerator random, SignatureVerifier signatureVerifier) {
    boolean plaza = config.usesPlaza() && config.cluster().has(Role.MQTT_LEDGER);
    return deploy(new GossipVerticle(me.name(), gossipConfig(), scheduler, splitRandom(random)))
        .compose(
            next ->
                deploy(
                    new MqttLedgerVerticle(
                            me,
                            keys,
                            plaza ? config.plaza() : config.plaza().withUrl(""),
                            Profile.of(
                                config.transport().label(),
                                config.memory().mode().label(),
                                config.memory().maxEvents()),
                            () ->
                                config.usesMesh()
                                    ? listenPort.advertisedAddress(config.mesh())
                                    : "",
                            signatureVerifier,
                            scheduler,
                            splitRandom(random))
                        .sayGoodbyeIf(
                            () -> membership.isEmpty() || membership.get().isNaraLeaving())))
        .compose(
            next ->
                deploy(
                    new DiscoveryVerticle(
                        me,
                        keys,
                        config.discovery(),
                        scheduler,
                        config.transport() != Transport.MQTT)))
        .compose(
            next ->
                deploy(new CheckpointSyncVerticle(config.checkpoint().sync(), splitRandom(random))))
        .compose(
            next ->
                plaza
                    ? deployConsensus(signatureVerifier, scheduler, splitRandom(random))
                    : Future.succeededFuture());
  }

  /** What lets people and opinions look at it. */
  private Future<?> deployOpinionAndWeb(Scheduler scheduler) {
    return (config.cluster().has(Role.LEDGER)
            ? deploy(new OpinionVerticle(me.name(), OpinionConfig.defaults(), scheduler))
            : Future.succeededFuture())
        .compose(
            next ->
                config.web().enabled() && config.cluster().has(Role.WEB)
                    ? deployServer(
                        "web",
                        config.web().host(),
                        config.web().port(),
                        new WebVerticle(config.web().host(), config.web().port(), me.name()))
                    : Future.succeededFuture());
  }

  private Future<?> deployCoordinator(
      Scheduler scheduler,
      RandomGenerator random,
      Optional<ClusterWorkRequest.LeaderHandover> lead) {
    return deploy(new LivenessVerticle(me, livenessConfig(), scheduler, splitRandom(random)))
        .compose(next -> deployCoordinatorVerticle(scheduler, random, lead));
  }

  private Future<?> deployCoordinatorVerticle(
      Scheduler scheduler,
      RandomGenerator random,
      Optional<ClusterWorkRequest.LeaderHandover> lead) {
    return deploy(
        new CoordinatorVerticle(
            config.recovery(), me.name(), scheduler, random, earlierStages, lead));
  }

  /** A generator is not for several threads, so each verticle has one of its own. */
  private static RandomGenerator splitRandom(RandomGenerator random) {
    return new SplittableRandom(random.nextLong());
  }

  /** Checkpoints are agreed on over the plaza, and nowhere else. */
  private Future<?> deployConsensus(
      SignatureVerifier signatureVerifier, Scheduler scheduler, RandomGenerator random) {
    return deploy(
        new ConsensusVerticle(
            me,
            keys,
            config.checkpoint().consensus(),
            config.readOnly(),
            signatureVerifier,
            scheduler,
            random));
  }

  private LivenessConfig livenessConfig() {
    return LivenessConfig.of(!config.readOnly(), config.usesMesh(), ledgerConfig().missingAfter());
  }

  private GossipConfig gossipConfig() {
    Optional<String> disabledReason = Optional.empty();
    if (!config.usesMesh()) {
      disabledReason = Optional.of("this node does not use the mesh");
    } else if (config.readOnly()) {
      disabledReason = Optional.of("this node only reads");
    }
    return GossipConfig.of(disabledReason, Personality.of(me.soul()), config.memory().mode());
  }

  private Future<?> deploySnapshot(InstantSource clock) {
    return remembering.isEmpty()
        ? Future.succeededFuture()
        : remembering
            .get()
            .deploy(vertx, keys, clock)
            .onSuccess(
                id -> deployed.push(new DeployedVerticle(id, SnapshotDeployment.STOP_TIMEOUT)));
  }

  private Future<?> restoreSnapshot() {
    return remembering.isEmpty()
        ? Future.succeededFuture()
        : remembering.get().restore(bus()).onSuccess(earlierStages::add);
  }

  /** The owner's taste is for what is heard on the way, not for what is remembered. */
  private LedgerConfig ledgerConfig() {
    LedgerConfig ledger = LedgerConfig.ofSize(config.memory().maxEvents());
    return config.transport() == Transport.GOSSIP
        ? ledger.missingAfter(LedgerConfig.MISSING_AFTER_IN_GOSSIP)
        : ledger;
  }

  private SignatureVerifier withRecheck(SignatureVerifier first) {
    if (config.trust().recheckOneIn() == 0) {
      return first;
    }
    VerifierChoice second = Verifiers.secondary(first.name());
    return second instanceof VerifierChoice.Available available
        ? new RecheckingVerifier(
            first,
            available.signatureVerifier(),
            config.trust().recheckOneIn(),
            ForkJoinPool.commonPool())
        : first;
  }

  /** Deploys what listens on a port; that the port cannot be had is the operator's to mend. */
  private Future<?> deployServer(String section, String host, int port, Deployable verticle) {
    return deploy(verticle)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof IOException
                        ? new NodeStartException(
                            "cannot listen on %s:%d (%s); set %s.host and %s.port, or %s.enabled to false"
                                .formatted(
                                    host, port, failure.getMessage(), section, section, section))
                        : failure));
  }

  Future<?> deploy(Deployable verticle) {
    return deploy(verticle, new DeploymentOptions());
  }

  private Future<?> deploy(Deployable verticle, DeploymentOptions options) {
    return vertx
        .deployVerticle(verticle, options)
        .onSuccess(id -> deployed.push(new DeployedVerticle(id, VERTICLE_STOP_TIMEOUT)));
  }

  /** How many verticles run: those deployed from here on can be undeployed alone. */
  int deployedCount() {
    return deployed.size();
  }

  /** The bus that its verticles answer on. */
  public Bus bus() {
    return Bus.of(vertx);
  }

  public Identity identity() {
    return me;
  }

  /** The keys that it knows. */
  public Keyring keys() {
    return keys;
  }

  /** The port that it serves the mesh on; empty when it does not. */
  public Optional<Integer> meshPort() {
    return listenPort.port().stream().boxed().findFirst();
  }

  Vertx vertx() {
    return vertx;
  }

  /** Stops the verticles in reverse order, then the rest. Never fails; says what did not stop. */
  public Future<?> stop() {
    Promise<Void> stopped = Promise.promise();
    // Vert.x delivers a result on the event loop it was asked from, and closing ends those: so it
    // is asked from a thread of its own, and answered through a promise that belongs to no loop.
    Future<?> still =
        membership.isPresent() ? membership.get().quiesce() : Future.succeededFuture();
    still
        .transform(settled -> undeployDownTo(0))
        .onComplete(
            undeployed ->
                Thread.ofPlatform()
                    .name("nara-close")
                    .start(
                        () ->
                            vertx
                                .close()
                                .onComplete(
                                    closed ->
                                        leaveCluster().onComplete(left -> stopped.complete()))));
    return stopped.future();
  }

  private Future<?> leaveCluster() {
    return membership.isPresent() ? membership.get().member().leave() : Future.succeededFuture();
  }

  /**
   * Ends the recovery with what it has so far, and tells so as of any other end; all else goes on.
   * The recovery of a cluster is not ended by one member.
   */
  public Future<?> endRecovery() {
    // What coordinates it was deployed last.
    return membership.isPresent() ? Future.succeededFuture() : undeployDownTo(deployed.size() - 1);
  }

  /** Undeploys the last ones in reverse order, until so many are left. */
  Future<?> undeployDownTo(int depth) {
    DeployedVerticle next = deployed.size() > depth ? deployed.poll() : null;
    if (next == null) {
      return Future.succeededFuture();
    }
    return vertx
        .undeploy(next.id())
        .timeout(next.stopTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failure -> LOG.warn("a verticle did not stop in order: {}", failure.toString()))
        .transform(undeployed -> undeployDownTo(depth));
  }
}
