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
import nara.bus.Time;
import nara.checkpoint.CheckpointSyncVerticle;
import nara.checkpoint.ConsensusVerticle;
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
import nara.mesh.Listening;
import nara.mesh.MeshServerVerticle;
import nara.mesh.MeshSyncVerticle;
import nara.opinion.OpinionConfig;
import nara.opinion.OpinionVerticle;
import nara.plaza.MqttLedgerVerticle;
import nara.plaza.Presence;
import nara.plaza.Profile;
import nara.recovery.CoordinatorVerticle;
import nara.recovery.Report;
import nara.recovery.SharedWork;
import nara.trust.RecheckingVerifier;
import nara.trust.TrustVerticle;
import nara.trust.Verifier;
import nara.trust.VerifierChoice;
import nara.trust.Verifiers;
import nara.upkeep.UpkeepConfig;
import nara.upkeep.UpkeepVerticle;
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
  private static final Duration STOP_STEP = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final NodeConfig config;
  private final Identity me;
  private final Optional<Membership> membership;
  private final Optional<Remembering> remembering;
  private final Keyring keys = new Keyring();
  private final Listening listening = new Listening();
  private final Deque<Deployed> deployed = new ArrayDeque<>();

  /** A verticle that runs, and how long it may take to stop. */
  private record Deployed(String id, Duration patience) {}

  /** What came before the recovery, for its report. */
  private final List<Report.Stage> before = new ArrayList<>();

  private NaraNode(Vertx vertx, NodeConfig config, Identity me, Optional<Membership> membership) {
    this.vertx = vertx;
    this.config = config;
    this.me = me;
    this.membership = membership;
    this.remembering = config.memory().snapshot().map(snapshot -> new Remembering(snapshot, me));
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
      Time time,
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
    instance(config, options, me)
        .onFailure(started::fail)
        .onSuccess(
            node ->
                node.deployAll(time, random, beforeRecovery)
                    .onSuccess(deployed -> started.complete(node))
                    .onFailure(
                        failure -> node.stop().onComplete(stopped -> started.fail(failure))));
    return started.future();
  }

  /** Alone, or as a member of a cluster; only the latter loads what clusters need. */
  private static Future<NaraNode> instance(NodeConfig config, VertxOptions options, Identity me) {
    return config.cluster().enabled()
        ? Membership.join(config, me, options)
            .map(joined -> new NaraNode(joined.vertx(), config, me, Optional.of(joined)))
        : Future.succeededFuture(new NaraNode(Vertx.vertx(options), config, me, Optional.empty()));
  }

  private Future<?> deployAll(
      Time time, RandomGenerator random, Function<NaraNode, Future<?>> beforeRecovery) {
    keys.learn(me.name(), me.id(), me.keys().publicKey(), Origin.SELF);
    Verifier verifier;
    switch (Verifiers.choose(config.trust().verifier(), config.trust().maxKeyTables())) {
      case VerifierChoice.Unavailable unavailable -> {
        return Future.failedFuture(new StartFailure("trust.verifier: " + unavailable.why()));
      }
      case VerifierChoice.Chosen chosen -> verifier = rechecked(chosen.verifier());
    }
    if (membership.isPresent()) {
      Membership mine = membership.get();
      Function<Optional<SharedWork.Lead>, Future<?>> lead =
          found ->
              deployLeading(time, random, verifier)
                  .compose(next -> deploy(mine.member().sweep(keys, found.orElseThrow().term())))
                  .compose(next -> deployCoordinator(time, random, found));
      return (config.cluster().has(Role.LEDGER)
              ? deployMemory(time, random, verifier, beforeRecovery)
                  .compose(next -> deployServing(time, verifier))
              : Future.succeededFuture())
          .compose(next -> deployLooking(time))
          .compose(next -> mine.enter(this, lead));
    }
    return deployMemory(time, random, verifier, beforeRecovery)
        .compose(next -> deployServing(time, verifier))
        .compose(next -> deployLeading(time, random, verifier))
        .compose(next -> deployLooking(time))
        .compose(next -> deployCoordinator(time, random, Optional.empty()));
  }

  /** The ledger and the door into it, with what this node remembers by itself. */
  private Future<?> deployMemory(
      Time time,
      RandomGenerator random,
      Verifier verifier,
      Function<NaraNode, Future<?>> beforeRecovery) {
    // The ledger does work that takes long now and then (a sample is one pass): not on an event
    // loop, and still one request after the other.
    DeploymentOptions worker = new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
    Ledger ledger = new Ledger(ledgerConfig(), name -> keys.byName(name).isPresent());
    String at = membership.isPresent() ? LedgerRequest.VIEW : LedgerRequest.ADDRESS;
    return deploy(new LedgerVerticle(ledger, own(random), at), worker)
        .compose(
            next ->
                membership.isPresent()
                    ? deploy(membership.get().member().sharedLedger(keys))
                    : Future.succeededFuture())
        .compose(next -> deploySnapshot(time))
        .compose(next -> deploy(new TrustVerticle(config.trust(), verifier, keys, time)))
        .compose(next -> restoreSnapshot())
        .compose(next -> beforeRecovery.apply(this));
  }

  /** What asks and answers on the mesh: in a cluster, every member does. */
  private Future<?> deployServing(Time time, Verifier verifier) {
    AddressBook addresses = new AddressBook(config.discovery());
    Bus.of(vertx).hear(Presence.ADDRESS, Presence.class, addresses::onPresence);
    return (config.cluster().has(Role.MESH_SYNC)
            ? deploy(new MeshSyncVerticle(me, keys, config.mesh(), verifier, time, listening))
            : Future.succeededFuture())
        .compose(
            next ->
                config.usesMesh()
                    ? deployOpening(
                        "mesh",
                        config.mesh().host(),
                        config.mesh().port(),
                        new MeshServerVerticle(
                            me, keys, config.mesh(), verifier, time, addresses, listening))
                    : Future.succeededFuture());
  }

  /** What one member at a time does for the nara: in a cluster, the leader. */
  private Future<?> deployLeading(Time time, RandomGenerator random, Verifier verifier) {
    boolean plaza = config.usesPlaza() && config.cluster().has(Role.MQTT_LEDGER);
    return deploy(new GossipVerticle(me.name(), gossipConfig(), time, own(random)))
        .compose(
            next ->
                deploy(
                    new MqttLedgerVerticle(
                            me,
                            keys,
                            plaza ? config.plaza() : config.plaza().at(""),
                            Profile.of(
                                config.transport().label(),
                                config.memory().mode().label(),
                                config.memory().maxEvents()),
                            () -> config.usesMesh() ? listening.advertised(config.mesh()) : "",
                            verifier,
                            time,
                            own(random))
                        .sayingGoodbyeIf(() -> membership.isEmpty() || membership.get().leaves())))
        .compose(
            next ->
                deploy(
                    new DiscoveryVerticle(
                        me, keys, config.discovery(), time, config.transport() != Transport.MQTT)))
        .compose(next -> deploy(new CheckpointSyncVerticle(config.checkpoint(), own(random))))
        .compose(
            next ->
                plaza ? deployConsensus(verifier, time, own(random)) : Future.succeededFuture());
  }

  /** What lets people and opinions look at it. */
  private Future<?> deployLooking(Time time) {
    return (config.cluster().has(Role.LEDGER)
            ? deploy(new OpinionVerticle(me.name(), OpinionConfig.defaults(), time))
            : Future.succeededFuture())
        .compose(
            next ->
                config.web().enabled() && config.cluster().has(Role.WEB)
                    ? deployOpening(
                        "web",
                        config.web().host(),
                        config.web().port(),
                        new WebVerticle(config.web().host(), config.web().port(), me.name()))
                    : Future.succeededFuture());
  }

  private Future<?> deployCoordinator(
      Time time, RandomGenerator random, Optional<SharedWork.Lead> lead) {
    return deploy(new UpkeepVerticle(me, upkeepConfig(), time, own(random)))
        .compose(next -> coordinate(time, random, lead));
  }

  private Future<?> coordinate(Time time, RandomGenerator random, Optional<SharedWork.Lead> lead) {
    return deploy(
        new CoordinatorVerticle(config.recovery(), me.name(), time, random, before, lead));
  }

  /** A generator is not for several threads, so each verticle has one of its own. */
  private static RandomGenerator own(RandomGenerator random) {
    return new SplittableRandom(random.nextLong());
  }

  /** Checkpoints are agreed on over the plaza, and nowhere else. */
  private Future<?> deployConsensus(Verifier verifier, Time time, RandomGenerator random) {
    return deploy(
        new ConsensusVerticle(
            me, keys, config.checkpoint().consensus(), config.readOnly(), verifier, time, random));
  }

  private UpkeepConfig upkeepConfig() {
    return UpkeepConfig.of(!config.readOnly(), config.usesMesh(), ledgerConfig().missingAfter());
  }

  private GossipConfig gossipConfig() {
    Optional<String> silence = Optional.empty();
    if (!config.usesMesh()) {
      silence = Optional.of("this node does not use the mesh");
    } else if (config.readOnly()) {
      silence = Optional.of("this node only reads");
    }
    return GossipConfig.of(silence, Personality.of(me.soul()), config.memory().mode());
  }

  private Future<?> deploySnapshot(InstantSource clock) {
    return remembering.isEmpty()
        ? Future.succeededFuture()
        : remembering
            .get()
            .deploy(vertx, keys, clock)
            .onSuccess(id -> deployed.push(new Deployed(id, Remembering.STOP)));
  }

  private Future<?> restoreSnapshot() {
    return remembering.isEmpty()
        ? Future.succeededFuture()
        : remembering.get().restore(bus()).onSuccess(before::add);
  }

  /** The owner's taste is for what is heard on the way, not for what is remembered. */
  private LedgerConfig ledgerConfig() {
    LedgerConfig ledger = LedgerConfig.ofSize(config.memory().maxEvents());
    return config.transport() == Transport.GOSSIP
        ? ledger.missingAfter(LedgerConfig.MISSING_AFTER_IN_GOSSIP)
        : ledger;
  }

  private Verifier rechecked(Verifier first) {
    if (config.trust().recheckOneIn() == 0) {
      return first;
    }
    VerifierChoice second = Verifiers.second(first.name());
    return second instanceof VerifierChoice.Chosen chosen
        ? new RecheckingVerifier(
            first, chosen.verifier(), config.trust().recheckOneIn(), ForkJoinPool.commonPool())
        : first;
  }

  /** Deploys what listens on a port; that the port cannot be had is the operator's to mend. */
  private Future<?> deployOpening(String section, String host, int port, Deployable verticle) {
    return deploy(verticle)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof IOException
                        ? new StartFailure(
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
        .onSuccess(id -> deployed.push(new Deployed(id, STOP_STEP)));
  }

  /** How many verticles run: those deployed from here on can be undeployed alone. */
  int depth() {
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
    return listening.port().stream().boxed().findFirst();
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
        membership.isPresent() ? membership.get().settled() : Future.succeededFuture();
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
                                    closed -> left().onComplete(left -> stopped.complete()))));
    return stopped.future();
  }

  private Future<?> left() {
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
    Deployed next = deployed.size() > depth ? deployed.poll() : null;
    if (next == null) {
      return Future.succeededFuture();
    }
    return vertx
        .undeploy(next.id())
        .timeout(next.patience().toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failure -> LOG.warn("a verticle did not stop in order: {}", failure.toString()))
        .transform(undeployed -> undeployDownTo(depth));
  }
}
