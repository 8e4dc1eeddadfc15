package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nara.bounds.LogOnce;
import nara.bounds.RateLimiter;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.clock.NetworkClock;
import nara.event.Service;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.PlazaCounts;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.mqtt.PlazaRequest.PublishResult;
import nara.mqtt.wire.CheckpointMessage;
import nara.mqtt.wire.HowdyMessage;
import nara.mqtt.wire.JourneyMessage;
import nara.mqtt.wire.PlazaDecoder;
import nara.mqtt.wire.PlazaMessage;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;
import nara.mqtt.wire.Topics;
import nara.presence.OwnEvent;
import nara.presence.Presence;
import nara.presence.Presence.Online;
import nara.presence.PresenceRequest;
import nara.profile.OwnStatus;
import nara.profile.Status;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import nara.trust.verifier.SignatureVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node on the plaza: it publishes the node's announcements and status, handles the messages of
 * other naras, requests their ledgers, and serves its own ledger.
 *
 * <p>It serves {@link PlazaRequest} and publishes {@link Presence} news. It is deployed only with a
 * configured broker. A read-only node receives messages but publishes none.
 */
public final class MqttLedgerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MqttLedgerVerticle.class);

  private final Identity me;
  private final Keyring keys;
  private final PlazaConfig config;
  private final OwnStatus ownStatus;
  private final SignatureVerifier verifier;
  private final Scheduler scheduler;
  private final NetworkClock networkClock;
  private final RandomGenerator random;

  private final SenderKeyCheck senderKeys;
  private final Map<String, Long> handledCounts = new TreeMap<>();
  private final Map<String, Long> ignoredCounts = new TreeMap<>();
  private final PlazaPeers peers;
  private final RateLimiter strangerLimit;
  private final RateLimiter goodbyeLimit;
  private final boolean runsAlone;
  private final OwnEcho ownEcho;
  private boolean otherProcessKnown;
  private final LogOnce failures = new LogOnce(LOG::warn);
  private Bus bus;
  private PlazaDecoder decoder;
  private PlazaConnection connection;
  private LedgerFetcher fetcher;
  private LedgerResponder responder;
  private StatusPublisher publisher;
  private Scheduler.TimerHandle pendingAnnouncement = () -> {};
  private Scheduler.TimerHandle repeatedAnnouncement = () -> {};
  private byte[] publishedHeyThere = {};
  private boolean stopping;

  /** Counts connects, disconnects and the stop: an announcement that ends after one is too late. */
  private int connectionChanges;

  /**
   * Creates the verticle of a node with a broker.
   *
   * @param keys shared with the other verticles; it learns the keys of verified messages
   * @param ownStatus shared with the parts that know what this node looks like
   * @param verifier verifies single messages, on worker threads
   * @param networkClock for the times that others state
   * @param random for jitter and the id of the client
   * @param runsAlone false for a member of a cluster, where several processes are one nara
   */
  public MqttLedgerVerticle(
      Identity me,
      Keyring keys,
      PlazaConfig config,
      OwnStatus ownStatus,
      SignatureVerifier verifier,
      Scheduler scheduler,
      NetworkClock networkClock,
      RandomGenerator random,
      boolean runsAlone) {
    this.networkClock = networkClock;
    this.runsAlone = runsAlone;
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.ownStatus = ownStatus;
    this.verifier = verifier;
    this.scheduler = scheduler;
    this.random = random;
    this.senderKeys = new SenderKeyCheck(me, keys);
    this.peers = new PlazaPeers(me.name());
    this.strangerLimit =
        RateLimiter.per(MqttLimits.STRANGER_ANNOUNCE_INTERVAL, 1, scheduler.steady());
    this.goodbyeLimit =
        RateLimiter.per(MqttLimits.STRANGER_ANNOUNCE_INTERVAL, 1, scheduler.steady());
    this.ownEcho = new OwnEcho(scheduler.instant());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    InstantSource steady = scheduler.steady();
    decoder = new PlazaDecoder(me.name(), keys, verifier, config.maxMessageBytes());
    List<String> topics = Topics.subscriptionsOf(me.name(), config.readOnly());
    connection =
        new PlazaConnection(vertx, config, topics, scheduler, random, new ConnectionListener());
    // After the broker was away, a peer may need this long to reconnect and announce itself.
    Duration reconnectTime = config.reconnectMax().plus(config.announceJitter());
    fetcher = new LedgerFetcher(vertx, scheduler, me.name(), connection, reconnectTime);
    responder = new LedgerResponder(vertx, steady, me.name(), connection, config.maxMessageBytes());
    publisher =
        new StatusPublisher(
            vertx, scheduler, random, connection, ownStatus, peers, config.howdyWait());
    bus.serve(PlazaRequest.ADDRESS, PlazaRequest.class, this::onRequest);
    bus.subscribe(OwnEvent.ADDRESS, OwnEvent.class, this::onOwnEvent);
    connection.open();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    connectionChanges++;
    pendingAnnouncement.cancel();
    repeatedAnnouncement.cancel();
    publisher.stop();
    fetcher.stop();
    return bus.request(
            PresenceRequest.ADDRESS, new PresenceRequest.SayGoodbye(), MqttLimits.GOODBYE_TIMEOUT)
        .compose(said -> publishChau(said.chau()))
        .onFailure(
            failure ->
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "Failed to publish the chau; stopping without it; reason={}",
                        failure.getMessage()))
        .otherwiseEmpty()
        .compose(published -> connection.close());
  }

  private Future<?> publishChau(byte[] chau) {
    return chau.length == 0 || !connection.connected()
        ? Future.succeededFuture()
        : connection
            .publishLast(Topics.CHAU, chau)
            .timeout(MqttLimits.GOODBYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Future<? extends BusMessage> onRequest(PlazaRequest<?> request) {
    return switch (request) {
      case PlazaRequest.GetPlazaState state ->
          Future.succeededFuture(new PlazaState(connection.connected(), connection.error()));
      case PlazaRequest.GetPlazaCounts counts ->
          Future.succeededFuture(
              new PlazaCounts(
                  new TreeMap<>(handledCounts),
                  new TreeMap<>(ignoredCounts),
                  connection.connects()));
      case FetchLedgers fetch -> onFetchLedgers(fetch);
      case PlazaRequest.PublishCheckpointMessage publish ->
          onPublishCheckpointMessage(publish.message());
      case PlazaRequest.PublishJourneyMessage publish -> onPublishJourneyMessage(publish.message());
    };
  }

  private Future<LedgersFetched> onFetchLedgers(FetchLedgers fetch) {
    Optional<String> error =
        config.readOnly()
            ? Optional.of("read-only: no peer is asked")
            : Topics.nameError(me.name());
    Set<String> peerNames = fetch.subjectsByNeighbour().keySet();
    return error.isEmpty()
        ? fetcher.fetch(fetch)
        : Future.succeededFuture(new LedgersFetched(List.of(), Set.copyOf(peerNames), error.get()));
  }

  private Future<PublishResult> onPublishCheckpointMessage(CheckpointMessage message) {
    if (config.readOnly()) {
      return Future.succeededFuture(new PublishResult("read-only: nothing is published"));
    }
    return connection
        .publishQos1(Topics.forCheckpoint(message), message.json())
        .map(new PublishResult(""))
        .otherwise(failure -> new PublishResult(String.valueOf(failure.getMessage())));
  }

  private Future<PublishResult> onPublishJourneyMessage(JourneyMessage message) {
    if (config.readOnly()) {
      return Future.succeededFuture(new PublishResult("read-only: nothing is published"));
    }
    if (!connection.connected()) {
      return Future.succeededFuture(new PublishResult("there is no connection to the broker"));
    }
    byte[] json =
        switch (message) {
          case JourneyMessage.JourneyCompleted completed -> completed.json();
        };
    return connection
        .publish(Topics.forJourney(message), json)
        .map(new PublishResult(""))
        .otherwise(failure -> new PublishResult(String.valueOf(failure.getMessage())));
  }

  /** Publishes a new social event of this node. Zines carry those that get lost here. */
  private void onOwnEvent(OwnEvent event) {
    switch (event) {
      case OwnEvent.Added added -> {
        boolean publishes = !config.readOnly() && connection.connected();
        if (publishes && added.service() == Service.SOCIAL) {
          connection
              .publish(Topics.SOCIAL, added.json())
              .onFailure(failure -> LOG.debug("Not published: {}", failure.getMessage()));
        }
      }
    }
  }

  private final class ConnectionListener implements PlazaConnection.Listener {
    @Override
    public void onConnected() {
      connectionChanges++;
      if (!config.readOnly()) {
        long jitter = 1 + random.nextLong(Math.max(1, config.announceJitter().toMillis()));
        pendingAnnouncement.cancel();
        pendingAnnouncement =
            scheduler.schedule(
                vertx, Duration.ofMillis(jitter), MqttLedgerVerticle.this::onAnnounceDue);
      }
      fetcher.onConnected();
    }

    @Override
    public void onDisconnected() {
      connectionChanges++;
      fetcher.onConnectionLost();
      publisher.stopNewspapers();
    }

    @Override
    public Future<?> onMessage(String topic, byte[] payload, boolean retained) {
      return vertx
          .executeBlocking(() -> decoder.decode(topic, payload))
          .compose(message -> onPlazaMessage(message, retained))
          .onFailure(MqttLedgerVerticle.this::onMessageFailed);
    }

    @Override
    public void onOversized() {
      ignore(IgnoreReason.TOO_LARGE);
    }
  }

  private void onAnnounceDue() {
    int changes = connectionChanges;
    announce()
        .onComplete(
            announced -> {
              if (changes == connectionChanges
                  && connection.connected()
                  && Topics.nameError(me.name()).isEmpty()) {
                publisher.startNewspapers();
              }
            });
  }

  /** Publishes the latest announcement once, after presence has renewed it if that was due. */
  private Future<?> announce() {
    ownStatus.addBuzz(2);
    return bus.request(PresenceRequest.ADDRESS, new PresenceRequest.Announce(), Timeouts.LOCAL)
        .compose(announced -> publishHeyThere(announced.heyThere()))
        .onFailure(failure -> LOG.debug("Not announced: {}", failure.getMessage()))
        .otherwiseEmpty();
  }

  private Future<Void> publishHeyThere(byte[] heyThere) {
    boolean published = Arrays.equals(heyThere, publishedHeyThere);
    if (heyThere.length == 0 || published || !connection.connected()) {
      return Future.succeededFuture();
    }
    publishedHeyThere = heyThere;
    ownEcho.onPublished(heyThere);
    return connection.publish(Topics.HEY_THERE, heyThere);
  }

  private void onMessageFailed(Throwable failure) {
    ignore(IgnoreReason.NOT_SERVED);
    if (!BusFailure.isOfStop(failure)) {
      failures.log("Failed to process an MQTT message; drop it; reason=" + failure.getMessage());
    }
  }

  private Future<?> onPlazaMessage(PlazaMessage message, boolean retained) {
    return retained ? onRetained(message) : onPlazaMessage(message);
  }

  private Future<?> onPlazaMessage(PlazaMessage message) {
    return switch (message) {
      case PlazaMessage.VerifiedHeyThere heyThere -> onHeyThere(heyThere);
      case PlazaMessage.VerifiedChau chau -> onChau(chau);
      case PlazaMessage.VerifiedHowdy howdy -> onHowdy(howdy.message(), howdy.key());
      case PlazaMessage.VerifiedNewspaper paper ->
          onNewspaper(paper.newspaper().from(), paper.newspaper().status(), paper.key());
      case PlazaMessage.SocialEvent event -> {
        count("gossip");
        yield offer(event.json());
      }
      case PlazaMessage.IncomingRequest incoming ->
          countOrIgnore("question", responder.respond(incoming.request()), IgnoreReason.TOO_OFTEN);
      case PlazaMessage.IncomingResponse response ->
          countOrIgnore("answer", fetcher.onResponse(response), IgnoreReason.NOT_ASKED);
      case PlazaMessage.IncomingCheckpoint checkpoint -> {
        count("checkpoint");
        yield bus.request(CheckpointMessage.ADDRESS, checkpoint.message(), Timeouts.STEP);
      }
      case PlazaMessage.IncomingJourney journey -> {
        count("journey");
        yield bus.request(JourneyMessage.ADDRESS, journey.message(), Timeouts.STEP);
      }
      case PlazaMessage.Ignored ignored -> ignore(ignored.ignoreReason());
    };
  }

  /**
   * A retained message does not show that its sender is online, and is no current request or
   * response. Its events count all the same.
   */
  private Future<?> onRetained(PlazaMessage message) {
    return switch (message) {
      case PlazaMessage.VerifiedHeyThere heyThere -> offer(heyThere.json());
      case PlazaMessage.VerifiedChau chau -> offer(chau.json());
      case PlazaMessage.SocialEvent event -> offer(event.json());
      case PlazaMessage.Ignored ignored -> ignore(ignored.ignoreReason());
      case PlazaMessage.VerifiedHowdy howdy -> ignore(IgnoreReason.RETAINED);
      case PlazaMessage.VerifiedNewspaper paper -> ignore(IgnoreReason.RETAINED);
      case PlazaMessage.IncomingRequest request -> ignore(IgnoreReason.RETAINED);
      case PlazaMessage.IncomingResponse response -> ignore(IgnoreReason.RETAINED);
      case PlazaMessage.IncomingJourney journey -> ignore(IgnoreReason.RETAINED);
      case PlazaMessage.IncomingCheckpoint checkpoint ->
          checkpoint.message() instanceof CheckpointMessage.Agreed
              ? onPlazaMessage(checkpoint)
              : ignore(IgnoreReason.RETAINED);
    };
  }

  private Future<?> onHeyThere(PlazaMessage.VerifiedHeyThere heyThere) {
    String name = heyThere.name();
    if (!senderKeys.accepts(name, heyThere.id(), heyThere.key(), Origin.HEY_THERE)) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    boolean mine = name.equals(me.name());
    if (mine && ownEcho.isFromAnotherProcess(heyThere)) {
      onOtherProcess(heyThere.address());
    }
    if (!peers.onHeyThere(heyThere, networkClock.nearestTo(heyThere.ts()))) {
      ignore(IgnoreReason.STALE);
    } else {
      count("hello");
      if (!mine) {
        ownStatus.addBuzz(1);
        Optional<PublicKey> key = Optional.of(heyThere.key());
        publish(new Online(name, heyThere.id(), heyThere.address(), key, true));
        fetcher.onAnnouncement(name);
        if (!config.readOnly()) {
          publisher.scheduleHowdy(name);
        }
      }
    }
    return offer(heyThere.json());
  }

  /** Warns once here. The other process hears the next announcement, and warns as well. */
  private void onOtherProcess(String address) {
    if (runsAlone && !otherProcessKnown) {
      otherProcessKnown = true;
      LOG.warn(
          "Another process has this node's soul and uses the same broker; stop one of them, or"
              + " run them as a cluster; its_address={}",
          address.isEmpty() ? "unknown" : SafeText.excerpt(address));
      announceAgain();
    }
  }

  /** Announces this node with a new event, as soon as one may follow the last. */
  private void announceAgain() {
    repeatedAnnouncement.cancel();
    repeatedAnnouncement =
        scheduler.schedule(vertx, config.announceEvery().plusMillis(1), this::announce);
  }

  private Future<?> onChau(PlazaMessage.VerifiedChau chau) {
    if (!senderKeys.accepts(chau.name(), "", chau.key(), Origin.HEY_THERE)) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    boolean mine = chau.name().equals(me.name());
    if (mine && !stopping && !config.readOnly() && goodbyeLimit.tryAcquire("")) {
      LOG.info("An earlier process of this node said goodbye; announce this one again");
      announceAgain();
    }
    if (!peers.onChau(chau, networkClock.nearestTo(chau.ts()))) {
      ignore(IgnoreReason.STALE);
    } else {
      count("goodbye");
      if (!mine) {
        ownStatus.addBuzz(2);
        publish(new Presence.Offline(chau.name(), true, Instant.ofEpochSecond(0, chau.ts())));
      }
    }
    return offer(chau.json());
  }

  private Future<?> onHowdy(HowdyMessage howdy, PublicKey key) {
    String from = howdy.from();
    // A howdy's signature does not cover the id, so it is not learned.
    if (!senderKeys.accepts(from, "", key, Origin.HOWDY)) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    peers.countHowdyTo(howdy.to());
    if (from.equals(me.name())) {
      return Future.succeededFuture();
    }
    onStatus(from, key, howdy.status(), false);
    if (howdy.to().equals(me.name())) {
      long startTime = howdy.observation().startTime();
      publish(new Presence.ObservationReceived(from, howdy.status().uptime(), startTime));
    }
    howdy.neighbours().forEach(this::onHowdyNeighbour);
    ownStatus.addBuzz(1);
    count("howdy");
    return Future.succeededFuture();
  }

  /** Handles a neighbour of the sender. Its key is hearsay. */
  private void onHowdyNeighbour(HowdyMessage.HowdyNeighbour other) {
    if (other.name().equals(me.name()) || Topics.nameError(other.name()).isPresent()) {
      return;
    }
    Optional<PublicKey> key = PublicKey.parse(other.publicKey());
    // No signature covers the id; a false one would make the right one contested.
    if (key.isEmpty() || senderKeys.accepts(other.name(), "", key.get(), Origin.HEARSAY)) {
      publish(new Online(other.name(), other.id(), other.meshIp(), key, false));
    }
  }

  private Future<?> onNewspaper(String from, Status status, PublicKey key) {
    if (!senderKeys.accepts(from, status.id(), key, Origin.NEWSPAPER)) {
      return ignore(IgnoreReason.OTHER_KEY);
    }
    count("news");
    if (from.equals(me.name())) {
      return Future.succeededFuture();
    }
    boolean stranger = !peers.knows(from);
    onStatus(from, key, status, true);
    // A stranger may not know this node either.
    return stranger && strangerLimit.tryAcquire("") ? announce() : Future.succeededFuture();
  }

  /**
   * Handles the status of a nara.
   *
   * @param signed whether the nara's signature covers the status. A howdy's covers neither id nor
   *     address: they are hearsay until they are checked.
   */
  private void onStatus(String name, PublicKey key, Status status, boolean signed) {
    peers.onStatus(name, key, status, signed, scheduler.instant());
    String id = signed ? status.id() : "";
    publish(new Online(name, id, status.meshIp(), Optional.of(key), true, signed));
    publish(new Presence.Active(name, status.memoryMode().equals("short")));
    bus.publish(
        PlazaNotification.ADDRESS, new PlazaNotification.StatusReceived(name, status, signed));
  }

  private void publish(Presence news) {
    bus.publish(Presence.ADDRESS, news);
  }

  private Future<?> offer(byte[] event) {
    return bus.request(
        TrustRequest.ADDRESS,
        new TrustRequest.OfferEvents(OfferSource.BROKER, RawEvents.of(event)),
        Timeouts.STEP);
  }

  private Future<?> countOrIgnore(String kind, Optional<Future<?>> handled, IgnoreReason reason) {
    handled.ifPresent(work -> count(kind));
    return handled.orElseGet(() -> ignore(reason));
  }

  private void count(String kind) {
    handledCounts.merge(kind, 1L, Long::sum);
  }

  private Future<?> ignore(IgnoreReason reason) {
    ignoredCounts.merge(reason.label(), 1L, Long::sum);
    return Future.succeededFuture();
  }
}
