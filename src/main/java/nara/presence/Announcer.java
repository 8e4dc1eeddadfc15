package nara.presence;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import nara.event.Event;
import nara.mqtt.PlazaConfig;
import nara.mqtt.PlazaConnection;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's comings and goings: signed, taken into its own ledger, from where zines and answers
 * carry them on, and published where there is a broker. So a node is known to others without any.
 */
public final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  /** How long a goodbye may take to be written, and how long to be merged. */
  private static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final PlazaConfig config;
  private final PlazaConnection connection;
  private final PlazaEncoder plazaEncoder;
  private final Function<byte[], Future<?>> offerToLedger;
  private Instant lastAnnouncedAt = Instant.MIN;
  private byte[] heyThere = {};
  private boolean published;
  private boolean goodbyeSaid;

  /**
   * Announces by these means.
   *
   * @param connection null without a broker
   * @param offerToLedger offers an event of this node's own to its ledger
   */
  public Announcer(
      InstantSource clock,
      PlazaConfig config,
      PlazaConnection connection,
      PlazaEncoder plazaEncoder,
      Function<byte[], Future<?>> offerToLedger) {
    this.clock = clock;
    this.config = config;
    this.connection = connection;
    this.plazaEncoder = plazaEncoder;
    this.offerToLedger = offerToLedger;
  }

  /**
   * Announces this node, unless it did a moment ago; what was not published then because there was
   * no connection is now. After a goodbye there is nobody to announce.
   *
   * @return done when it was tried; never fails, since an announcement is made again
   */
  public Future<Void> announce(String meshAddress) {
    if (config.readOnly() || goodbyeSaid) {
      return Future.succeededFuture();
    }
    Instant now = clock.instant();
    boolean due =
        lastAnnouncedAt.equals(Instant.MIN)
            || !now.isBefore(lastAnnouncedAt.plus(config.announceEvery()));
    Future<?> offered = Future.succeededFuture();
    if (due) {
      lastAnnouncedAt = now;
      published = false;
      heyThere = plazaEncoder.heyThere(Event.unixNanos(now), meshAddress);
      offered = offerToLedger.apply(heyThere);
    }
    return Future.join(offered, publish())
        .onFailure(failure -> LOG.debug("Not announced: {}", failure.getMessage()))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private Future<?> publish() {
    if (published || connection == null || !connection.connected()) {
      return Future.succeededFuture();
    }
    published = true;
    return connection.publish(Topics.HEY_THERE, heyThere);
  }

  /**
   * Says goodbye. It is the last word on the plaza: a newspaper or a howdy that was under way would
   * be a sign of life, and this node there again for those who hear it.
   *
   * @return done when it was written, and merged; never fails, since whoever leaves does not wait
   */
  public Future<Void> goodbye() {
    if (config.readOnly()) {
      return Future.succeededFuture();
    }
    goodbyeSaid = true;
    byte[] chau = plazaEncoder.chau(Event.unixNanos(clock.instant()));
    boolean connected = connection != null && connection.connected();
    Future<?> sent =
        connection == null ? Future.succeededFuture() : connection.publishLast(Topics.CHAU, chau);
    // Without a connection nobody expects it to be written.
    sent = connected ? sent : Future.succeededFuture();
    return Future.join(withTimeout(sent), withTimeout(offerToLedger.apply(chau)))
        .onFailure(failure -> LOG.warn("The goodbye was not sent: {}", failure.getMessage()))
        .otherwiseEmpty()
        .mapEmpty();
  }

  private static Future<?> withTimeout(Future<?> work) {
    return work.timeout(GOODBYE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
