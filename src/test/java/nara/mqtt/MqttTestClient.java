package nara.mqtt;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A plain MQTT client that receives all messages and can publish any message. */
public final class MqttTestClient implements AutoCloseable {
  record Message(String topic, String text) {}

  private final Vertx vertx = Vertx.vertx();
  private final MqttClient client;
  private final BlockingQueue<Message> incoming = new LinkedBlockingQueue<>();
  private final List<Message> received = new ArrayList<>();

  public MqttTestClient(String url) {
    BrokerUrl at = BrokerUrl.parse(url);
    MqttClientOptions options = new MqttClientOptions();
    options.setMaxMessageSize(64 << 20).setMaxInflightQueue(1_000);
    client = MqttClient.create(vertx, options);
    Promise<Object> subscribed = Promise.promise();
    client.publishHandler(
        message ->
            incoming.add(
                new Message(
                    message.topicName(), message.payload().toString(StandardCharsets.UTF_8))));
    client.subscribeCompletionHandler(subscribed::tryComplete);
    TestPlazaNode.await(client.connect(at.port(), at.host()));
    TestPlazaNode.await(client.subscribe("nara/#", 0));
    TestPlazaNode.await(subscribed.future());
  }

  public void publish(String topic, byte[] payload) {
    TestPlazaNode.await(
        client.publish(topic, Buffer.buffer(payload), MqttQoS.AT_MOST_ONCE, false, false));
  }

  /** Publishes a retained message. */
  public void publishRetained(String topic, byte[] payload) {
    TestPlazaNode.await(
        client.publish(topic, Buffer.buffer(payload), MqttQoS.AT_MOST_ONCE, false, true));
  }

  public void publish(String topic, String payload) {
    publish(topic, payload.getBytes(StandardCharsets.UTF_8));
  }

  /** The first matching message, received before or after this call. */
  Message await(Predicate<Message> wanted) {
    for (Message message : received) {
      if (wanted.test(message)) {
        return message;
      }
    }
    while (true) {
      try {
        Message message = incoming.poll(20, TimeUnit.SECONDS);
        if (message == null) {
          throw new AssertionError("saw only " + received);
        }
        received.add(message);
        if (wanted.test(message)) {
          return message;
        }
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }
  }

  public Message await(String topic) {
    return await(message -> message.topic().equals(topic));
  }

  /** All messages received so far. */
  List<Message> receivedMessages() {
    incoming.drainTo(received);
    return List.copyOf(received);
  }

  @Override
  public void close() {
    TestPlazaNode.await(vertx.close());
  }
}
