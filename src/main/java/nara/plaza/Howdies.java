package nara.plaza;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Time;
import nara.ledger.LedgerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers others' announcements, each after a random wait and unless enough others have: nobody
 * needs to agree on who answers.
 */
final class Howdies {
  private static final Logger LOG = LoggerFactory.getLogger(Howdies.class);
  private static final Duration LEDGER_TIMEOUT = Duration.ofSeconds(5);

  /** An announcement is not answered when so many answers were heard. */
  private static final int ENOUGH = 10;

  /** Announcements that wait to be answered; more at once are a flood. */
  private static final int MOST_WAITING = 64;

  private final Vertx vertx;
  private final Bus bus;
  private final Time time;
  private final RandomGenerator random;
  private final PlazaConnection connection;
  private final Company company;
  private final Voice voice;
  private final Portrait portrait;
  private final int neighbours;
  private final Duration longestWait;
  private final Map<String, Time.Appointment> waiting = new HashMap<>();

  Howdies(
      Vertx vertx,
      Time time,
      RandomGenerator random,
      PlazaConnection connection,
      Company company,
      Voice voice,
      Portrait portrait,
      int neighbours,
      Duration longestWait) {
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
    this.time = time;
    this.random = random;
    this.connection = connection;
    this.company = company;
    this.voice = voice;
    this.portrait = portrait;
    this.neighbours = neighbours;
    this.longestWait = longestWait;
  }

  /** Somebody announced itself. */
  void announced(String name) {
    if (waiting.size() < MOST_WAITING && !waiting.containsKey(name)) {
      long wait = 1 + random.nextLong(Math.max(1, longestWait.toMillis()));
      waiting.put(name, time.after(vertx, Duration.ofMillis(wait), () -> onTurn(name)));
    }
  }

  /** Answers nobody who waits. */
  void stop() {
    waiting.values().forEach(Time.Appointment::cancel);
    waiting.clear();
  }

  private void onTurn(String name) {
    waiting.remove(name);
    if (!connection.connected() || company.howdiesTo(name) >= ENOUGH) {
      return;
    }
    long now = time.instant().getEpochSecond();
    bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.AboutSubject(name, now), LEDGER_TIMEOUT)
        .map(known -> standing(known.opinion(), now))
        // What the ledger cannot tell is left out: that it was heard is known without it.
        .otherwise(Standing.heardAt(now))
        .compose(you -> connection.publish(Topics.HOWDY, howdy(name, you)))
        .onFailure(failure -> LOG.debug("A howdy was not sent: {}", failure.getMessage()));
  }

  private byte[] howdy(String name, Standing you) {
    return voice.howdy(
        name,
        company.howdiesTo(name) + 1L,
        you,
        company.some(neighbours, name, random),
        portrait.status(0));
  }

  private static Standing standing(LedgerRequest.Opinion opinion, long now) {
    return new Standing(
        opinion.restarts(), 0, opinion.startTime(), "ONLINE", now, opinion.lastRestart());
  }
}
