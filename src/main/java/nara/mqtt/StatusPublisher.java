package nara.mqtt;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Scheduler.TimerHandle;
import nara.bus.Timeouts;
import nara.ledger.LedgerRequest;
import nara.mqtt.wire.HowdyObservation;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.Topics;
import nara.profile.EventStore;
import nara.profile.OwnStatus;
import nara.profile.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes this node's status while there is a connection: in a newspaper again and again, and in
 * a howdy in response to an announcement.
 *
 * <p>A howdy waits for a random time. It is not published when enough other naras have responded,
 * so the naras need not agree on who responds.
 */
final class StatusPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(StatusPublisher.class);

  private final Vertx vertx;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final PlazaConnection connection;
  private final OwnStatus ownStatus;
  private final PlazaPeers peers;
  private final Duration maxHowdyWait;
  private final PlazaEncoder encoder;
  private final Map<String, TimerHandle> pendingHowdies = new HashMap<>();
  private TimerHandle nextNewspaper = () -> {};

  StatusPublisher(
      Vertx vertx,
      Scheduler scheduler,
      RandomGenerator random,
      PlazaConnection connection,
      OwnStatus status,
      PlazaPeers peers,
      Duration maxHowdyWait) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.random = random;
    this.connection = connection;
    this.ownStatus = status;
    this.peers = peers;
    this.maxHowdyWait = maxHowdyWait;
    this.encoder = new PlazaEncoder(status.me());
  }

  /** Publishes a newspaper now, and schedules the next one. */
  void startNewspapers() {
    nextNewspaper.cancel();
    ownStatus.onOthersBuzz(peers.onlineBuzz());
    nextNewspaper = scheduler.schedule(vertx, ownStatus.newspaperInterval(), this::startNewspapers);
    if (connection.connected()) {
      publishNewspaper();
    }
  }

  /** Stops the newspapers until the next {@link #startNewspapers}. */
  void stopNewspapers() {
    nextNewspaper.cancel();
  }

  private void publishNewspaper() {
    String topic = Topics.newspaper(ownStatus.me().name());
    Bus.of(vertx)
        .request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.STATUS)
        .map(EventStore::of)
        // The newspaper matters even without the size of the ledger.
        .otherwise(EventStore.NONE)
        .map(held -> encoder.newspaper(status(held)))
        .compose(newspaper -> connection.publish(topic, newspaper))
        .onFailure(failure -> LOG.debug("A newspaper was not published: {}", failure.getMessage()));
  }

  /** Schedules the howdy to a nara that announced itself. */
  void scheduleHowdy(String name) {
    if (pendingHowdies.size() < MqttLimits.MAX_PENDING_HOWDIES
        && !pendingHowdies.containsKey(name)) {
      Duration wait = Duration.ofMillis(1 + random.nextLong(Math.max(1, maxHowdyWait.toMillis())));
      pendingHowdies.put(name, scheduler.schedule(vertx, wait, () -> publishHowdy(name)));
    }
  }

  private void publishHowdy(String name) {
    pendingHowdies.remove(name);
    if (!connection.connected() || peers.howdyCount(name) >= MqttLimits.ENOUGH_HOWDIES) {
      return;
    }
    long now = scheduler.instant().getEpochSecond();
    Bus.of(vertx)
        .request(
            LedgerRequest.ADDRESS, new LedgerRequest.SummariseSubject(name, now), Timeouts.STATUS)
        .map(LedgerRequest.SubjectSummary::opinion)
        .map(
            o ->
                new HowdyObservation(
                    o.restarts(), 0, o.startTime(), "ONLINE", now, o.lastRestart()))
        // Without the ledger, this node still knows that the nara is online.
        .otherwise(HowdyObservation.onlineAt(now))
        .compose(observation -> connection.publish(Topics.HOWDY, howdy(name, observation)))
        .onFailure(failure -> LOG.debug("A howdy was not published: {}", failure.getMessage()));
  }

  private byte[] howdy(String name, HowdyObservation observation) {
    return encoder.howdy(
        name,
        peers.howdyCount(name) + 1L,
        observation,
        peers.randomSample(ownStatus.profile().howdyNeighbours(), name, random),
        status(EventStore.NONE));
  }

  private Status status(EventStore held) {
    ownStatus.onOthersBuzz(peers.onlineBuzz());
    return ownStatus.status(held);
  }

  void stop() {
    stopNewspapers();
    pendingHowdies.values().forEach(TimerHandle::cancel);
    pendingHowdies.clear();
  }
}
