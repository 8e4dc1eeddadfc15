package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.ledger.LedgerRequest;
import nara.mqtt.wire.PlazaEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes this node's status again and again while there is a connection, as often as it is
 * talkative: by this others see that it is still there.
 */
final class NewspaperPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(NewspaperPublisher.class);
  private final Vertx vertx;
  private final Bus bus;
  private final Scheduler scheduler;
  private final PlazaConnection connection;
  private final PlazaEncoder plazaEncoder;
  private final OwnStatus ownStatus;
  private final String topic;
  private Scheduler.TimerHandle nextPublish = () -> {};

  NewspaperPublisher(
      Vertx vertx,
      Scheduler scheduler,
      PlazaConnection connection,
      PlazaEncoder plazaEncoder,
      OwnStatus ownStatus,
      String topic) {
    this.vertx = vertx;
    this.bus = Bus.of(vertx);
    this.scheduler = scheduler;
    this.connection = connection;
    this.plazaEncoder = plazaEncoder;
    this.ownStatus = ownStatus;
    this.topic = topic;
  }

  /** Publishes one now, and from then on by itself. */
  void start() {
    nextPublish.cancel();
    nextPublish = scheduler.schedule(vertx, ownStatus.newspaperInterval(), this::start);
    publish().onFailure(failure -> LOG.debug("A newspaper was not sent: {}", failure.getMessage()));
  }

  /** Publishes no more until it begins again. */
  void stop() {
    nextPublish.cancel();
  }

  private Future<Void> publish() {
    if (!connection.connected()) {
      return Future.succeededFuture();
    }
    return bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.STATUS)
        .map(stats -> (long) stats.total())
        // That this node is there is worth saying without how much it holds.
        .otherwise(0L)
        .compose(held -> connection.publish(topic, plazaEncoder.newspaper(ownStatus.status(held))));
  }
}
