package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.PfxOptions;
import io.vertx.junit5.VertxExtension;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import nara.bus.Scheduler;
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
                      PlazaConfig.defaults()
                          .withUrl(broker.url().replace("127.0.0.1", "localhost")),
                      List.of("nara/#"),
                      Scheduler.system(),
                      new Random(1),
                      listener(connected))
                  .open());

      Blocking.await(connected.future(), TIMEOUT);

      assertThat(connected.future().succeeded()).isTrue();
    }
  }

  @Test
  void certificate_is_checked_against_the_name_of_the_broker(Vertx vertx) {
    try (Mosquitto broker = Mosquitto.startEncrypted()) {
      MqttClientOptions options = new MqttClientOptions();
      options
          .setSsl(true)
          .setHostnameVerificationAlgorithm("HTTPS")
          .setTrustOptions(
              new PfxOptions()
                  .setPath(broker.trustStore().toString())
                  .setPassword(Mosquitto.TRUST_STORE_PASSWORD));
      Vertx bound = new SizeLimitedVertx(vertx, 1_000, () -> {}, "127.0.0.1");
      int port = URI.create(broker.url()).getPort();

      Blocking.await(MqttClient.create(bound, options).connect(port, "localhost"), TIMEOUT);

      assertThatThrownBy(
              () ->
                  Blocking.await(
                      MqttClient.create(bound, options).connect(port, "broker.example"), TIMEOUT))
          .hasStackTraceContaining("broker.example");
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
      public Future<?> onMessage(String topic, byte[] payload, boolean retained) {
        return Future.succeededFuture();
      }

      @Override
      public void onOversized() {}
    };
  }
}
