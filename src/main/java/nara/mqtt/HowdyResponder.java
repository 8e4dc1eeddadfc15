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
 * Answers others' announcements, each after a random wait and unless enough others have: nobody
 * needs to agree on who answers.
 */
final class HowdyResponder {
  private static final Logger LOG = LoggerFactory.getLogger(HowdyResponder.class);

  /** An announcement is not answered when so many answers were heard. */
  private static final int ENOUGH_HOWDIES = 10;

  /** Announcements that wait to be answered; more at once are a flood. */
  private static final int MAX_PENDING = 64;

  private final Vertx vertx;
  private final Bus bus;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final PlazaConnection connection;
  private final PlazaPeers plazaPeers;
  private final PlazaEncoder plazaEncoder;
  private final OwnStatus ownStatus;
  private final int maxNeighbours;
  private final Duration maxDelay;
  private final Map<String, Scheduler.TimerHandle> pending = new HashMap<>();

  HowdyResponder(
      Vertx vertx,
      Scheduler scheduler,
      RandomGenerator random,
      PlazaConnection connection,
      PlazaPeers plazaPeers,
      PlazaEncoder plazaEncoder,
      OwnStatus ownStatus,
      int maxNeighbours,
      Duration maxDelay) {
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
    this.scheduler = scheduler;
    this.random = random;
    this.connection = connection;
    this.plazaPeers = plazaPeers;
    this.plazaEncoder = plazaEncoder;
    this.ownStatus = ownStatus;
    this.maxNeighbours = maxNeighbours;
    this.maxDelay = maxDelay;
  }

  /** Somebody announced itself. */
  void schedule(String name) {
    if (pending.size() < MAX_PENDING && !pending.containsKey(name)) {
      long wait = 1 + random.nextLong(Math.max(1, maxDelay.toMillis()));
      pending.put(name, scheduler.schedule(vertx, Duration.ofMillis(wait), () -> respond(name)));
    }
  }

  /** Answers nobody who waits. */
  void stop() {
    pending.values().forEach(Scheduler.TimerHandle::cancel);
    pending.clear();
  }

  private void respond(String name) {
    pending.remove(name);
    if (!connection.connected() || plazaPeers.howdyCount(name) >= ENOUGH_HOWDIES) {
      return;
    }
    long now = scheduler.instant().getEpochSecond();
    bus.request(
            LedgerRequest.ADDRESS, new LedgerRequest.SummariseSubject(name, now), Timeouts.STATUS)
        .map(known -> observationOf(known.opinion(), now))
        // What the ledger cannot tell is left out: that it was heard is known without it.
        .otherwise(HowdyObservation.onlineAt(now))
        .compose(you -> connection.publish(Topics.HOWDY, howdy(name, you)))
        .onFailure(failure -> LOG.debug("A howdy was not sent: {}", failure.getMessage()));
  }

  private byte[] howdy(String name, HowdyObservation observation) {
    return plazaEncoder.howdy(
        name,
        plazaPeers.howdyCount(name) + 1L,
        observation,
        plazaPeers.randomSample(maxNeighbours, name, random),
        ownStatus.status(0));
  }

  private static HowdyObservation observationOf(LedgerRequest.Opinion opinion, long now) {
    return new HowdyObservation(
        opinion.restarts(), 0, opinion.startTime(), "ONLINE", now, opinion.lastRestart());
  }
}
