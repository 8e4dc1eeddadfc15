package nara.mqtt;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.ledger.LedgerRequest;
import nara.mqtt.wire.HowdyObservation;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Responds to announcements with a howdy, after a random wait. It stays silent when enough other
 * naras have responded, so the naras need not agree on who responds.
 */
final class HowdyResponder {
  private static final Logger LOG = LoggerFactory.getLogger(HowdyResponder.class);

  private final Vertx vertx;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final PlazaConnection connection;
  private final PlazaPeers peers;
  private final PlazaEncoder encoder;
  private final OwnStatus ownStatus;
  private final int maxNeighbours;
  private final Duration maxDelay;
  private final Map<String, Scheduler.TimerHandle> pending = new HashMap<>();

  HowdyResponder(
      Vertx vertx,
      Scheduler scheduler,
      RandomGenerator random,
      PlazaConnection connection,
      PlazaPeers peers,
      PlazaEncoder encoder,
      OwnStatus ownStatus,
      int maxNeighbours,
      Duration maxDelay) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.random = random;
    this.connection = connection;
    this.peers = peers;
    this.encoder = encoder;
    this.ownStatus = ownStatus;
    this.maxNeighbours = maxNeighbours;
    this.maxDelay = maxDelay;
  }

  /** Schedules the howdy to a nara that announced itself. */
  void schedule(String name) {
    if (pending.size() < MqttLimits.MAX_PENDING_HOWDIES && !pending.containsKey(name)) {
      Duration wait = Duration.ofMillis(1 + random.nextLong(Math.max(1, maxDelay.toMillis())));
      pending.put(name, scheduler.schedule(vertx, wait, () -> respond(name)));
    }
  }

  /** Cancels all scheduled howdies. */
  void stop() {
    pending.values().forEach(Scheduler.TimerHandle::cancel);
    pending.clear();
  }

  private void respond(String name) {
    pending.remove(name);
    if (!connection.connected() || peers.howdyCount(name) >= MqttLimits.ENOUGH_HOWDIES) {
      return;
    }
    long now = scheduler.instant().getEpochSecond();
    Bus.of(vertx)
        .request(
            LedgerRequest.ADDRESS, new LedgerRequest.SummariseSubject(name, now), Timeouts.STATUS)
        .map(known -> observationOf(known.opinion(), now))
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
        peers.randomSample(maxNeighbours, name, random),
        ownStatus.status(0));
  }

  private static HowdyObservation observationOf(LedgerRequest.Opinion opinion, long now) {
    return new HowdyObservation(
        opinion.restarts(), 0, opinion.startTime(), "ONLINE", now, opinion.lastRestart());
  }
}
