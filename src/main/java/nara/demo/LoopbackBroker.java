package nara.demo;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import io.vertx.mqtt.MqttTopicSubscription;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.mqtt.PlazaConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small MQTT 3.1.1 broker within this process, so that the demo runs on real sockets with nothing
 * installed. For the demo and tests, not for a network: it listens on the loopback interface only,
 * knows no users and no encryption, keeps nothing (no sessions, no retained messages, no wills),
 * and delivers everything with QoS 0, whatever it was published with.
 *
 * <p>Bounded in clients, subscriptions and in what waits for a slow client, who is then put out.
 */
public final class LoopbackBroker {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackBroker.class);

  private static final String HOST = "127.0.0.1";

  /** Of one message: the default of {@link PlazaConfig}, twice. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private static final int MAX_CLIENTS = 1_000;
  private static final int MAX_FILTERS_PER_CLIENT = 100;
  private static final int MAX_FILTER_LENGTH = 4_096;

  /** Bytes that may wait for one client. */
  private static final long MAX_QUEUED_BYTES = 4L * MAX_MESSAGE_BYTES;

  /** One client and what it hears. */
  private static final class ConnectedClient {
    final MqttEndpoint endpoint;
    final Map<String, TopicFilter> filters = new LinkedHashMap<>();
    long queuedBytes;

    ConnectedClient(MqttEndpoint endpoint) {
      this.endpoint = endpoint;
    }

    boolean isSubscribedTo(String topic) {
      return filters.values().stream().anyMatch(filter -> filter.matches(topic));
    }
  }

  private final MqttServer server;
  private final Map<String, ConnectedClient> connectedClients = new LinkedHashMap<>();

  private LoopbackBroker(Vertx vertx, int port) {
    MqttServerOptions options = new MqttServerOptions();
    options.setHost(HOST).setPort(port).setMaxMessageSize(MAX_MESSAGE_BYTES);
    server = MqttServer.create(vertx, options).endpointHandler(this::onClient);
    // A client that breaks the protocol loses its connection; nothing else comes of it.
    server.exceptionHandler(
        broken -> LOG.debug("A client broke the protocol: {}", broken.toString()));
  }

  /**
   * Starts a broker on 127.0.0.1.
   *
   * @param port to listen on; 0 takes a free one
   */
  public static Future<LoopbackBroker> start(Vertx vertx, int port) {
    LoopbackBroker broker = new LoopbackBroker(vertx, port);
    return broker.server.listen().map(broker);
  }

  /** Where it listens, as a configuration gives it. */
  public String url() {
    return "mqtt://" + HOST + ':' + port();
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Ends all connections and stops listening. */
  public Future<Void> stop() {
    return server.close();
  }

  // All of one server's connections are handled on the context that it was started from, so the
  // clients need no lock.

  private void onClient(MqttEndpoint endpoint) {
    String id = endpoint.clientIdentifier();
    ConnectedClient before = connectedClients.get(id);
    if (before != null) {
      connectedClients.remove(id);
      before.endpoint.close();
    }
    if (connectedClients.size() == MAX_CLIENTS) {
      endpoint.reject(MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE);
      return;
    }
    ConnectedClient connectedClient = new ConnectedClient(endpoint);
    connectedClients.put(id, connectedClient);
    endpoint
        .publishAutoAck(true)
        .publishHandler(this::onPublish)
        .subscribeHandler(
            wish ->
                endpoint.subscribeAcknowledge(
                    wish.messageId(), subscribe(connectedClient, wish.topicSubscriptions())))
        .unsubscribeHandler(
            wish -> {
              wish.topics().forEach(connectedClient.filters::remove);
              endpoint.unsubscribeAcknowledge(wish.messageId());
            })
        .closeHandler(closed -> connectedClients.remove(id, connectedClient))
        .accept(false);
  }

  private List<MqttQoS> subscribe(
      ConnectedClient connectedClient, List<MqttTopicSubscription> subscriptions) {
    List<MqttQoS> grantedQos = new ArrayList<>();
    for (MqttTopicSubscription subscription : subscriptions) {
      String text = subscription.topicName();
      TopicFilter filter =
          text.length() > MAX_FILTER_LENGTH
                  || connectedClient.filters.size() == MAX_FILTERS_PER_CLIENT
              ? null
              : TopicFilter.parse(text).orElse(null);
      if (filter != null) {
        connectedClient.filters.put(text, filter);
      }
      grantedQos.add(filter == null ? MqttQoS.FAILURE : MqttQoS.AT_MOST_ONCE);
    }
    return grantedQos;
  }

  private void onPublish(MqttPublishMessage message) {
    String topic = message.topicName();
    Buffer payload = message.payload();
    for (ConnectedClient connectedClient : List.copyOf(connectedClients.values())) {
      if (connectedClient.endpoint.isConnected() && connectedClient.isSubscribedTo(topic)) {
        deliver(connectedClient, topic, payload);
      }
    }
  }

  private void deliver(ConnectedClient connectedClient, String topic, Buffer payload) {
    if (connectedClient.queuedBytes + payload.length() > MAX_QUEUED_BYTES) {
      connectedClient.endpoint.close();
      return;
    }
    connectedClient.queuedBytes += payload.length();
    connectedClient
        .endpoint
        .publish(topic, payload, MqttQoS.AT_MOST_ONCE, false, false)
        .onComplete(written -> connectedClient.queuedBytes -= payload.length());
  }
}
