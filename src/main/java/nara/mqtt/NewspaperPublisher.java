package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.ledger.LedgerRequest;
import nara.mqtt.wire.PlazaEncoder;
import nara.mqtt.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publishes this node's newspapers: its status, again and again, while there is a connection. */
final class NewspaperPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(NewspaperPublisher.class);

  private final Vertx vertx;
  private final Scheduler scheduler;
  private final PlazaConnection connection;
  private final PlazaEncoder encoder;
  private final OwnStatus ownStatus;
  private final String me;
  private Scheduler.TimerHandle nextPublish = () -> {};

  NewspaperPublisher(
      Vertx vertx,
      Scheduler scheduler,
      PlazaConnection connection,
      PlazaEncoder encoder,
      OwnStatus ownStatus,
      String me) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.connection = connection;
    this.encoder = encoder;
    this.ownStatus = ownStatus;
    this.me = me;
  }

  /** Publishes a newspaper now, and schedules the next one. */
  void start() {
    nextPublish.cancel();
    nextPublish = scheduler.schedule(vertx, ownStatus.newspaperInterval(), this::start);
    publish()
        .onFailure(failure -> LOG.debug("A newspaper was not published: {}", failure.getMessage()));
  }

  /** Stops until the next {@link #start}. */
  void stop() {
    nextPublish.cancel();
  }

  private Future<Void> publish() {
    if (!connection.connected()) {
      return Future.succeededFuture();
    }
    return Bus.of(vertx)
        .request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.STATUS)
        .map(stats -> (long) stats.total())
        // The newspaper matters even without the size of the ledger.
        .otherwise(0L)
        .map(held -> encoder.newspaper(ownStatus.status(held)))
        .compose(newspaper -> connection.publish(Topics.newspaper(me), newspaper));
  }
}
