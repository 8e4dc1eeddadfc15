package nara.simulation.machine;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubscribeMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import nara.demo.TopicFilter;

/**
 * An MQTT broker on a machine of its own. Clients speak real MQTT with it. It may lose, repeat and
 * delay what it passes on, each for one receiver, and it keeps retained messages.
 */
public final class SimulatedBroker {
  public static final int PORT = 1883;

  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /**
   * What happens to messages. Messages with QoS 1 are not lost.
   *
   * @param jitter the longest delay of one message; messages overtake each other by it
   */
  public record Quality(int lossPercent, int repeatPercent, Duration jitter) {}

  /**
   * A message that somebody published.
   *
   * @param sender IP address
   */
  public record Published(String sender, String topic, byte[] payload) {}

  private static final class Client {
    final MqttEndpoint endpoint;
    final Map<String, TopicFilter> filters = new LinkedHashMap<>();
    final Map<String, MqttQoS> levels = new LinkedHashMap<>();

    Client(MqttEndpoint endpoint) {
      this.endpoint = endpoint;
    }
  }

  private final SimulatedHost host;
  private final Quality quality;
  private final RandomGenerator random;
  private final List<Client> clients = new ArrayList<>();
  private final Map<String, Buffer> retained = new TreeMap<>();
  private final List<Published> published = new ArrayList<>();
  private Vertx vertx;

  public SimulatedBroker(SimulatedHost host, Quality quality, RandomGenerator random) {
    this.host = host;
    this.quality = quality;
    this.random = random;
  }

  /** Starts to listen. */
  public Future<?> start() {
    vertx = host.startVertx(new VertxOptions());
    MqttServerOptions options = new MqttServerOptions();
    options.setHost(host.address()).setPort(PORT).setMaxMessageSize(MAX_MESSAGE_BYTES);
    return MqttServer.create(vertx, options)
        .endpointHandler(this::onClient)
        .exceptionHandler(broken -> {})
        .listen();
  }

  /** The value for {@code plaza.url}. */
  public String url() {
    return "mqtt://" + host.address() + ':' + PORT;
  }

  public SimulatedHost host() {
    return host;
  }

  /** All messages, the oldest first. */
  public List<Published> published() {
    return published;
  }

  private void onClient(MqttEndpoint endpoint) {
    Client client = new Client(endpoint);
    clients.add(client);
    String sender = endpoint.remoteAddress().hostAddress();
    endpoint
        .publishAutoAck(true)
        .publishHandler(message -> onPublish(sender, message))
        .subscribeHandler(request -> onSubscribe(client, request))
        .closeHandler(closed -> clients.remove(client))
        .accept(false);
  }

  private void onSubscribe(Client client, MqttSubscribeMessage request) {
    List<MqttQoS> granted = new ArrayList<>();
    request
        .topicSubscriptions()
        .forEach(
            each -> {
              TopicFilter filter = TopicFilter.parse(each.topicName()).orElseThrow();
              client.filters.put(each.topicName(), filter);
              client.levels.put(each.topicName(), each.qualityOfService());
              granted.add(each.qualityOfService());
            });
    client.endpoint.subscribeAcknowledge(request.messageId(), granted);
    retained.forEach((topic, payload) -> pass(client, topic, payload, true));
  }

  private void onPublish(String sender, MqttPublishMessage message) {
    String topic = message.topicName();
    Buffer payload = message.payload();
    published.add(new Published(sender, topic, payload.getBytes()));
    if (message.isRetain()) {
      retained.put(topic, payload);
    }
    for (Client client : List.copyOf(clients)) {
      pass(client, topic, payload, false);
    }
  }

  private void pass(Client client, String topic, Buffer payload, boolean kept) {
    for (Map.Entry<String, TopicFilter> filter : client.filters.entrySet()) {
      if (filter.getValue().matches(topic)) {
        pass(client, client.levels.get(filter.getKey()), topic, payload, kept);
        return;
      }
    }
  }

  private void pass(Client client, MqttQoS qos, String topic, Buffer payload, boolean kept) {
    if (qos == MqttQoS.AT_MOST_ONCE && happens(quality.lossPercent)) {
      return;
    }
    int copies = happens(quality.repeatPercent) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = 1 + random.nextLong(1 + quality.jitter.toMillis());
      vertx.setTimer(
          delay,
          due -> {
            if (client.endpoint.isConnected()) {
              client.endpoint.publish(topic, payload, qos, false, kept);
            }
          });
    }
  }

  private boolean happens(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }
}
