package nara.plaza;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import nara.event.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's comings and goings: signed, taken into its own ledger, from where zines and answers
 * carry them on, and published where there is a broker. So a node is known to others without any.
 */
final class Announcing {
  private static final Logger LOG = LoggerFactory.getLogger(Announcing.class);

  /** How long a goodbye may take to be written, and how long to be merged. */
  private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final PlazaConfig config;
  private final PlazaConnection connection;
  private final Voice voice;
  private final Function<byte[], Future<?>> intoLedger;
  private Instant last = Instant.MIN;
  private byte[] hello = {};
  private boolean published;
  private boolean gone;

  /**
   * Announces by these means.
   *
   * @param connection null without a broker
   * @param intoLedger offers an event of this node's own to its ledger
   */
  Announcing(
      InstantSource clock,
      PlazaConfig config,
      PlazaConnection connection,
      Voice voice,
      Function<byte[], Future<?>> intoLedger) {
    this.clock = clock;
    this.config = config;
    this.connection = connection;
    this.voice = voice;
    this.intoLedger = intoLedger;
  }

  /**
   * Announces this node, unless it did a moment ago; what was not published then because there was
   * no connection is now. After a goodbye there is nobody to announce.
   *
   * @return done when it was tried; never fails, since an announcement is made again
   */
  Future<Void> announce(String meshAddress) {
    if (config.readOnly() || gone) {
      return Future.succeededFuture();
    }
    Instant now = clock.instant();
    boolean again = last.equals(Instant.MIN) || !now.isBefore(last.plus(config.announceEvery()));
    Future<?> merged = Future.succeededFuture();
    if (again) {
      last = now;
      published = false;
      hello = voice.heyThere(Event.nanos(now), meshAddress);
      merged = intoLedger.apply(hello);
    }
    return Future.join(merged, publish())
        .onFailure(failure -> LOG.debug("Not announced: {}", failure.getMessage()))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private Future<?> publish() {
    if (published || connection == null || !connection.connected()) {
      return Future.succeededFuture();
    }
    published = true;
    return connection.publish(Topics.HEY_THERE, hello);
  }

  /**
   * Says goodbye. It is the last word on the plaza: a newspaper or a howdy that was under way would
   * be a sign of life, and this node there again for those who hear it.
   *
   * @return done when it was written, and merged; never fails, since whoever leaves does not wait
   */
  Future<Void> goodbye() {
    if (config.readOnly()) {
      return Future.succeededFuture();
    }
    gone = true;
    byte[] chau = voice.chau(Event.nanos(clock.instant()));
    boolean connected = connection != null && connection.connected();
    Future<?> said =
        connection == null ? Future.succeededFuture() : connection.publishLast(Topics.CHAU, chau);
    // Without a connection nobody expects it to be written.
    said = connected ? said : Future.succeededFuture();
    return Future.join(inTime(said), inTime(intoLedger.apply(chau)))
        .onFailure(failure -> LOG.warn("The goodbye was not sent: {}", failure.getMessage()))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private static Future<?> inTime(Future<?> work) {
    return work.timeout(GOODBYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
