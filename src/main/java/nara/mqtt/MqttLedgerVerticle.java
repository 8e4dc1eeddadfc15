package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nara.bounds.LogOnce;
import nara.bounds.RateLimiter;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.event.Service;
import nara.event.json.JsonSpans.Span;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.mqtt.PlazaRequest.PublishResult;
import nara.mqtt.wire.CheckpointMessage;
import nara.mqtt.wire.HowdyMessage;
import nara.mqtt.wire.PlazaDecoder;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.PlazaMessage;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;
import nara.mqtt.wire.Status;
import nara.mqtt.wire.Topics;
import nara.presence.Announcer;
import nara.presence.OwnEvent;
import nara.presence.OwnEventPublisher;
import nara.presence.Presence;
import nara.presence.Profile;
import nara.trust.TrustRequest;
import nara.trust.verifier.SignatureVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node on the plaza: announces it, hears and answers others, asks ledgers and serves its own.
 *
 * <p>Served at {@link PlazaRequest#ADDRESS}; tells {@link Presence}. A read-only node hears only.
 */
public final class MqttLedgerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MqttLedgerVerticle.class);

  /** Announcements because a stranger was heard: anybody can be a stranger as often as he likes. */
  private static final Duration STRANGER_ANNOUNCE_INTERVAL = Duration.ofMinutes(1);

  private final Identity me;
  private final Keyring keys;
  private final PlazaConfig config;
  private final Profile profile;
  private final Supplier<String> meshAddress;
  private final SignatureVerifier signatureVerifier;
  private final Scheduler scheduler;
  private final RandomGenerator random;

  private final TrustOnFirstUse trustOnFirstUse;
  private final PlazaCounters plazaCounters = new PlazaCounters();
  private final PlazaPeers plazaPeers;
  private BooleanSupplier saysGoodbye = () -> true;
  private Bus bus;
  private PlazaEncoder plazaEncoder;
  private PlazaDecoder plazaDecoder;
  private PlazaConnection connection;
  private LedgerFetcher ledgerFetcher;
  private LedgerResponder ledgerResponder;
  private HowdyResponder howdyResponder;
  private OwnStatus ownStatus;
  private Announcer announcer;
  private NewspaperPublisher newspaperPublisher;
  private Scheduler.TimerHandle pendingAnnouncement = () -> {};
  private final RateLimiter strangerLimit;
  private final LogOnce failures = new LogOnce(LOG::warn);

  /**
   * A node's part on the plaza.
   *
   * @param me who it is
   * @param keys shared with the node's other verticles; keys that are heard first hand go there
   * @param config without a URL there is no plaza, and announcements only go into the ledger
   * @param meshAddress where the mesh reaches this node now, or empty
   * @param signatureVerifier of single messages; called on worker threads
   * @param random jitter only
   */
  public MqttLedgerVerticle(
      Identity me,
      Keyring keys,
      PlazaConfig config,
      Profile profile,
      Supplier<String> meshAddress,
      SignatureVerifier signatureVerifier,
      Scheduler scheduler,
      RandomGenerator random) {
    this.me = me;
    this.keys = keys;
    this.trustOnFirstUse = new TrustOnFirstUse(me, keys);
    this.config = config;
    this.profile = profile;
    this.plazaPeers = new PlazaPeers(me.name());
    this.meshAddress = meshAddress;
    this.signatureVerifier = signatureVerifier;
    this.scheduler = scheduler;
    this.strangerLimit = RateLimiter.per(STRANGER_ANNOUNCE_INTERVAL, 1, scheduler);
    this.random = random;
  }

  /**
   * Says goodbye when it stops only if that is so then: not when another member of a cluster goes
   * on being this nara.
   */
  public MqttLedgerVerticle sayGoodbyeIf(BooleanSupplier condition) {
    saysGoodbye = condition;
    return this;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    plazaEncoder = new PlazaEncoder(me);
    ownStatus = new OwnStatus(me, version(), profile, meshAddress, plazaPeers, scheduler);
    plazaDecoder = new PlazaDecoder(me.name(), keys, signatureVerifier, config.maxMessageBytes());
    if (!config.url().isEmpty()) {
      List<String> filters = Topics.subscriptionsOf(me.name(), config.readOnly());
      connection = new PlazaConnection(vertx, config, filters, random, new ConnectionListener());
      Duration stallTimeoutAfterReconnect = config.reconnectMax().plus(config.announceJitter());
      ledgerFetcher =
          new LedgerFetcher(
              vertx, bus, scheduler, me.name(), connection, stallTimeoutAfterReconnect);
      int maxResponseBytes = PlazaConnection.maxPayloadBytes(config);
      ledgerResponder =
          new LedgerResponder(vertx, bus, scheduler, me.name(), connection, maxResponseBytes);
      howdyResponder =
          new HowdyResponder(
              vertx,
              scheduler,
              random,
              connection,
              plazaPeers,
              plazaEncoder,
              ownStatus,
              profile.howdyNeighbours(),
              config.howdyWait());
    }
    announcer =
        new Announcer(
            scheduler,
            config,
            connection,
            plazaEncoder,
            hello -> offer(OwnEventPublisher.SOURCE, hello));
    bus.serve(PlazaRequest.ADDRESS, PlazaRequest.class, this::onRequest);
    bus.subscribe(OwnEvent.ADDRESS, OwnEvent.class, this::onOwnEvent);
    if (connection == null) {
      // Nobody's broker to be flooded, and the first who asks shall find it.
      return announce();
    }
    if (!config.readOnly() && Topics.nameError(me.name()).isEmpty()) {
      String topic = Topics.newspaper(me.name());
      newspaperPublisher =
          new NewspaperPublisher(vertx, scheduler, connection, plazaEncoder, ownStatus, topic);
    }
    connection.open();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    Supplier<Future<Void>> goodbye =
        saysGoodbye.getAsBoolean() ? announcer::goodbye : Future::succeededFuture;
    if (connection == null) {
      return goodbye.get();
    }
    pendingAnnouncement.cancel();
    howdyResponder.stop();
    ledgerFetcher.stop();
    if (newspaperPublisher != null) {
      newspaperPublisher.stop();
    }
    return goodbye.get().compose(said -> connection.close());
  }

  private Future<? extends BusMessage> onRequest(PlazaRequest<?> request) {
    return switch (request) {
      case PlazaRequest.GetPlazaState getPlazaState -> Future.succeededFuture(state());
      case PlazaRequest.GetPlazaCounts getPlazaCounts ->
          Future.succeededFuture(plazaCounters.counts());
      case PlazaRequest.Announce announce -> announce().map(Done.DONE);
      case PlazaRequest.GetShortMemoryPeers little ->
          Future.succeededFuture(new PlazaRequest.ShortMemoryPeers(plazaPeers.shortMemoryPeers()));
      case FetchLedgers ask -> onFetchLedgers(ask);
      case PlazaRequest.PublishCheckpointMessage publishCheckpointMessage ->
          onPublishCheckpointMessage(publishCheckpointMessage.message());
    };
  }

  private Future<PublishResult> onPublishCheckpointMessage(CheckpointMessage message) {
    if (connection == null || config.readOnly()) {
      String error = connection == null ? "no broker is configured" : "read-only: nothing is said";
      return Future.succeededFuture(new PublishResult(error));
    }
    return connection
        .publishQos1(Topics.forCheckpoint(message), message.json())
        .map(new PublishResult(""))
        .otherwise(failure -> new PublishResult(String.valueOf(failure.getMessage())));
  }

  /** What this node says itself and has a topic of its own is published; a lost one is in zines. */
  private void onOwnEvent(OwnEvent event) {
    switch (event) {
      case OwnEvent.Added added -> {
        boolean publishes = connection != null && !config.readOnly() && connection.connected();
        if (publishes && added.service() == Service.SOCIAL) {
          connection
              .publish(Topics.SOCIAL, added.json())
              .onFailure(failure -> LOG.debug("Not published: {}", failure.getMessage()));
        }
      }
    }
  }

  private Future<LedgersFetched> onFetchLedgers(FetchLedgers ask) {
    Optional<String> fault = Topics.nameError(me.name());
    String error =
        connection == null
            ? "no broker is configured"
            : config.readOnly() ? "read-only: nobody is asked" : fault.orElse("");
    if (error.isEmpty()) {
      return ledgerFetcher.fetch(ask);
    }
    Set<String> unanswered = Set.copyOf(ask.subjectsByNeighbour().keySet());
    return Future.succeededFuture(new LedgersFetched(List.of(), unanswered, error));
  }

  /** What the connection reports, on the verticle's context. */
  private final class ConnectionListener implements PlazaConnection.Listener {
    @Override
    public void onConnected() {
      if (!config.readOnly()) {
        Duration wait = Duration.ofMillis(randomUpTo(config.announceJitter()));
        pendingAnnouncement.cancel();
        pendingAnnouncement = scheduler.schedule(vertx, wait, () -> announceAndPublishNewspapers());
      }
      ledgerFetcher.onConnected();
    }

    @Override
    public void onDisconnected() {
      ledgerFetcher.onConnectionLost();
      if (newspaperPublisher != null) {
        newspaperPublisher.stop();
      }
    }

    @Override
    public Future<?> onMessage(String topic, byte[] payload) {
      return vertx
          .executeBlocking(() -> plazaDecoder.decode(topic, payload))
          .compose(message -> onPlazaMessage(message))
          .onFailure(failure -> onMessageFailed(failure));
    }

    @Override
    public void onOversized() {
      ignore(IgnoreReason.TOO_LARGE);
    }
  }

  private void onMessageFailed(Throwable failure) {
    ignore(IgnoreReason.NOT_SERVED);
    failures.log("Failed to process an MQTT message: " + failure.getMessage());
  }

  private Future<?> onPlazaMessage(PlazaMessage message) {
    return switch (message) {
      case PlazaMessage.VerifiedHeyThere verifiedHeyThere -> onHeyThere(verifiedHeyThere);
      case PlazaMessage.VerifiedChau verifiedChau -> onChau(verifiedChau);
      case PlazaMessage.VerifiedHowdy verifiedHowdy -> onHowdy(verifiedHowdy);
      case PlazaMessage.VerifiedNewspaper verifiedNewspaper -> onNewspaper(verifiedNewspaper);
      case PlazaMessage.SocialEvent socialEvent -> {
        count("gossip");
        yield offer("plaza", socialEvent.json());
      }
      case PlazaMessage.IncomingRequest incomingRequest ->
          countOrIgnore(
              "question",
              ledgerResponder.respond(incomingRequest.request()),
              IgnoreReason.TOO_OFTEN);
      case PlazaMessage.IncomingResponse incomingResponse ->
          countOrIgnore(
              "answer", ledgerFetcher.onResponse(incomingResponse), IgnoreReason.NOT_ASKED);
      case PlazaMessage.IncomingCheckpoint about -> {
        count("checkpoint");
        yield bus.request(CheckpointMessage.ADDRESS, about.message(), Timeouts.STEP);
      }
      case PlazaMessage.Ignored reason -> ignore(reason.ignoreReason());
    };
  }

  private Future<?> onHeyThere(PlazaMessage.VerifiedHeyThere verifiedHeyThere) {
    if (!trustOnFirstUse.accepts(verifiedHeyThere.name(), verifiedHeyThere.key())) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    boolean mine = verifiedHeyThere.name().equals(me.name());
    if (!mine) {
      keys.learn(
          verifiedHeyThere.name(), verifiedHeyThere.id(), verifiedHeyThere.key(), Origin.HEY_THERE);
    }
    if (!plazaPeers.onHeyThere(verifiedHeyThere, scheduler.instant())) {
      ignore(IgnoreReason.STALE);
    } else {
      count("hello");
      if (!mine) {
        ownStatus.addBuzz(1);
        publishOnline(
            verifiedHeyThere.name(),
            verifiedHeyThere.id(),
            verifiedHeyThere.address(),
            Optional.of(verifiedHeyThere.key()),
            true);
        onAnnounced(verifiedHeyThere.name());
      }
    }
    return offer(verifiedHeyThere.name(), verifiedHeyThere.json());
  }

  private void onAnnounced(String name) {
    ledgerFetcher.onAnnouncement(name);
    if (!config.readOnly()) {
      howdyResponder.schedule(name);
    }
  }

  private Future<?> onChau(PlazaMessage.VerifiedChau verifiedChau) {
    if (!trustOnFirstUse.accepts(verifiedChau.name(), verifiedChau.key())) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    if (!plazaPeers.onChau(verifiedChau, scheduler.instant())) {
      ignore(IgnoreReason.STALE);
    } else {
      count("goodbye");
      if (!verifiedChau.name().equals(me.name())) {
        ownStatus.addBuzz(2);
        bus.publish(Presence.ADDRESS, new Presence.Offline(verifiedChau.name()));
      }
    }
    return offer(verifiedChau.name(), verifiedChau.json());
  }

  private Future<?> onHowdy(PlazaMessage.VerifiedHowdy verifiedHowdy) {
    HowdyMessage message = verifiedHowdy.message();
    Status status = message.status();
    if (!trustOnFirstUse.accepts(message.from(), verifiedHowdy.key())) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    if (message.from().equals(me.name())) {
      plazaPeers.countHowdyTo(message.to());
      return Future.succeededFuture();
    }
    keys.learn(message.from(), status.id(), verifiedHowdy.key(), Origin.HOWDY);
    plazaPeers.countHowdyTo(message.to());
    plazaPeers.onStatus(message.from(), verifiedHowdy.key(), status, scheduler.instant());
    publishActive(message.from(), status, verifiedHowdy.key());
    if (message.to().equals(me.name())) {
      bus.publish(
          Presence.ADDRESS,
          new Presence.ObservationReceived(message.from(), status.uptime(), message.observation()));
    }
    for (HowdyMessage.HowdyNeighbour other : message.neighbours()) {
      onHowdyNeighbour(other);
    }
    ownStatus.addBuzz(1);
    count("howdy");
    return Future.succeededFuture();
  }

  /** A neighbour's neighbour: its key is learned only where none is known. */
  private void onHowdyNeighbour(HowdyMessage.HowdyNeighbour other) {
    if (other.name().equals(me.name()) || Topics.nameError(other.name()).isPresent()) {
      return;
    }
    Optional<PublicKey> key = PublicKey.parse(other.publicKey());
    key.ifPresent(told -> keys.learn(other.name(), other.id(), told, Origin.HEARSAY));
    if (key.isEmpty() || trustOnFirstUse.accepts(other.name(), key.get())) {
      publishOnline(other.name(), other.id(), other.meshIp(), key, false);
    }
  }

  private Future<?> onNewspaper(PlazaMessage.VerifiedNewspaper verifiedNewspaper) {
    String from = verifiedNewspaper.newspaper().from();
    Status status = verifiedNewspaper.newspaper().status();
    if (!trustOnFirstUse.accepts(from, verifiedNewspaper.key())) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    count("news");
    if (from.equals(me.name())) {
      return Future.succeededFuture();
    }
    boolean stranger = !plazaPeers.knows(from);
    keys.learn(from, status.id(), verifiedNewspaper.key(), Origin.NEWSPAPER);
    plazaPeers.onStatus(from, verifiedNewspaper.key(), status, scheduler.instant());
    publishActive(from, status, verifiedNewspaper.key());
    // Who is not known here may not know this node either.
    return stranger && strangerLimit.tryAcquire("") ? announce() : Future.succeededFuture();
  }

  private void announceAndPublishNewspapers() {
    announce();
    if (newspaperPublisher != null) {
      newspaperPublisher.start();
    }
  }

  private Future<Void> announce() {
    ownStatus.addBuzz(2);
    return announcer.announce(meshAddress.get());
  }

  private Future<?> offer(String source, byte[] event) {
    return bus.request(
        TrustRequest.ADDRESS,
        new TrustRequest.OfferEvents(source, event, List.of(new Span(0, event.length))),
        Timeouts.STEP);
  }

  private void publishActive(String name, Status status, PublicKey key) {
    publishOnline(name, status.id(), status.meshIp(), Optional.of(key), true);
    bus.publish(Presence.ADDRESS, new Presence.Active(name));
  }

  private void publishOnline(
      String name, String id, String address, Optional<PublicKey> key, boolean firstHand) {
    bus.publish(Presence.ADDRESS, new Presence.Online(name, id, address, key, firstHand));
  }

  private Future<?> countOrIgnore(String kind, Future<?> handled, IgnoreReason refusal) {
    if (handled == null) {
      return ignore(refusal);
    }
    count(kind);
    return handled;
  }

  private void count(String kind) {
    plazaCounters.countHandled(kind);
  }

  private Future<?> ignore(IgnoreReason ignoreReason) {
    plazaCounters.countIgnored(ignoreReason);
    return Future.succeededFuture();
  }

  private PlazaState state() {
    return connection == null
        ? new PlazaState(false, false, "no broker is configured")
        : new PlazaState(true, connection.connected(), connection.error());
  }

  private long randomUpTo(Duration most) {
    return 1 + random.nextLong(Math.max(1, most.toMillis()));
  }

  private static String version() {
    String packaged = MqttLedgerVerticle.class.getPackage().getImplementationVersion();
    return packaged == null ? "nara-vertx" : "nara-vertx " + packaged;
  }
}
