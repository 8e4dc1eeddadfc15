package nara.testing;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import nara.node.Blocking;

/** A plain MQTT client that says on a broker whatever it is told to, and hears nothing. */
public final class MqttPublisher implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final MqttClient client = MqttClient.create(vertx);

  public MqttPublisher(String url) {
    URI at = URI.create(url);
    Blocking.await(client.connect(at.getPort(), at.getHost()), TIMEOUT);
  }

  public void publish(String topic, byte[] payload) {
    Blocking.await(
        client.publish(topic, Buffer.buffer(payload), MqttQoS.AT_MOST_ONCE, false, false), TIMEOUT);
  }

  /** Somebody's newspaper, as small as can be; the number makes it different from others. */
  public byte[] newspaper(Citizen who, int number) {
    String status =
        "{\"Buzz\":%d,\"PublicKey\":\"%s\",\"ID\":\"%s\"}"
            .formatted(number, who.key().encoded(), who.id());
    String signature = who.identity().keys().signBase64(status.getBytes(StandardCharsets.UTF_8));
    return "{\"From\":\"%s\",\"Status\":%s,\"Signature\":\"%s\"}"
        .formatted(who.name(), status, signature)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    Blocking.await(vertx.close(), TIMEOUT);
  }
}
