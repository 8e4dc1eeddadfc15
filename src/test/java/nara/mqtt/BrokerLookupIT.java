package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import nara.node.Blocking;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The broker's host name, looked up off the event loop. */
@ExtendWith(VertxExtension.class)
class BrokerLookupIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @Test
  void broker_is_reached_by_one_of_the_addresses_of_its_name(Vertx vertx) throws Exception {
    // localhost has two addresses on most machines, and Mosquitto listens on 127.0.0.1 only.
    try (Mosquitto broker = Mosquitto.start()) {
      Promise<Void> connected = Promise.promise();
      vertx.runOnContext(
          start ->
              new PlazaConnection(
                      vertx,
                      PlazaConfig.defaults().withUrl(broker.url().replace("127.0.0.1", "localhost")),
                      List.of("nara/#"),
                      new Random(1),
                      listener(connected))
                  .open());

      Blocking.await(connected.future(), TIMEOUT);

      assertThat(connected.future().succeeded()).isTrue();
    }
  }

  private static PlazaConnection.Listener listener(Promise<Void> connected) {
    return new PlazaConnection.Listener() {
      @Override
      public void onConnected() {
        connected.tryComplete();
      }

      @Override
      public void onDisconnected() {}

      @Override
      public Future<?> onMessage(String topic, byte[] payload) {
        return Future.succeededFuture();
      }

      @Override
      public void onOversized() {}
    };
  }
}
