package nara.plaza;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import nara.bus.Bus;
import nara.bus.Time;
import nara.ledger.LedgerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes this node's status again and again while there is a connection, as often as it is
 * talkative: by this others see that it is still there.
 */
final class Newspapers {
  private static final Logger LOG = LoggerFactory.getLogger(Newspapers.class);
  private static final Duration LEDGER_TIMEOUT = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final Bus bus;
  private final Time time;
  private final PlazaConnection connection;
  private final Voice voice;
  private final Portrait portrait;
  private final String topic;
  private Time.Appointment next = () -> {};

  Newspapers(
      Vertx vertx,
      Time time,
      PlazaConnection connection,
      Voice voice,
      Portrait portrait,
      String topic) {
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
    this.time = time;
    this.connection = connection;
    this.voice = voice;
    this.portrait = portrait;
    this.topic = topic;
  }

  /** Publishes one now, and from then on by itself. */
  void begin() {
    next.cancel();
    next = time.after(vertx, portrait.pause(), this::begin);
    publish().onFailure(failure -> LOG.debug("A newspaper was not sent: {}", failure.getMessage()));
  }

  /** Publishes no more until it begins again. */
  void pause() {
    next.cancel();
  }

  private Future<Void> publish() {
    if (!connection.connected()) {
      return Future.succeededFuture();
    }
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Stats(), LEDGER_TIMEOUT)
        .map(stats -> (long) stats.total())
        // That this node is there is worth saying without how much it holds.
        .otherwise(0L)
        .compose(held -> connection.publish(topic, voice.newspaper(portrait.status(held))));
  }
}
