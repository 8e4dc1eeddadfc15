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
 * A small MQTT 3.1.1 broker in this process, so that the demo needs no installation. It is for the
 * demo and for tests only: it listens on loopback, without users or encryption. It has no sessions,
 * retained messages or wills, and delivers every message with QoS 0.
 *
 * <p>Clients, subscriptions and queued bytes are limited. It disconnects a client that is too slow.
 */
public final class LoopbackBroker {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackBroker.class);

  private static final String HOST = "127.0.0.1";

  /** Twice the default of {@link PlazaConfig}. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private static final int MAX_CLIENTS = 1_000;
  private static final int MAX_FILTERS_PER_CLIENT = 100;
  private static final int MAX_FILTER_LENGTH = 4_096;

  /** For one client. */
  private static final long MAX_QUEUED_BYTES = 4L * MAX_MESSAGE_BYTES;

  private static final class Client {
    final MqttEndpoint endpoint;
    final Map<String, TopicFilter> filters = new LinkedHashMap<>();
    long queuedBytes;

    Client(MqttEndpoint endpoint) {
      this.endpoint = endpoint;
    }

    boolean isSubscribedTo(String topic) {
      return filters.values().stream().anyMatch(filter -> filter.matches(topic));
    }
  }

  private final MqttServer server;
  private final Map<String, Client> clients = new LinkedHashMap<>();

  private LoopbackBroker(Vertx vertx, int port) {
    MqttServerOptions options = new MqttServerOptions();
    options.setHost(HOST).setPort(port).setMaxMessageSize(MAX_MESSAGE_BYTES);
    server = MqttServer.create(vertx, options).endpointHandler(this::onClient);
    // The server has closed the client's connection.
    server.exceptionHandler(
        broken -> LOG.debug("A client broke the protocol. reason={}", broken.toString()));
  }

  /** Starts a broker on 127.0.0.1; port 0 takes a free port. */
  public static Future<LoopbackBroker> start(Vertx vertx, int port) {
    LoopbackBroker broker = new LoopbackBroker(vertx, port);
    return broker.server.listen().map(broker);
  }

  /** The value for {@code plaza.url}. */
  public String url() {
    return "mqtt://" + HOST + ':' + port();
  }

  public int port() {
    return server.actualPort();
  }

  public Future<Void> stop() {
    return server.close();
  }

  // The server handles all connections on one context, so the clients need no lock.

  private void onClient(MqttEndpoint endpoint) {
    String id = endpoint.clientIdentifier();
    Client before = clients.get(id);
    if (before != null) {
      clients.remove(id);
      before.endpoint.close();
    }
    if (clients.size() == MAX_CLIENTS) {
      endpoint.reject(MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE);
      return;
    }
    Client client = new Client(endpoint);
    clients.put(id, client);
    endpoint
        .publishAutoAck(true)
        .publishHandler(this::onPublish)
        .subscribeHandler(
            request ->
                endpoint.subscribeAcknowledge(
                    request.messageId(), subscribe(client, request.topicSubscriptions())))
        .unsubscribeHandler(
            request -> {
              request.topics().forEach(client.filters::remove);
              endpoint.unsubscribeAcknowledge(request.messageId());
            })
        .closeHandler(closed -> clients.remove(id, client))
        .accept(false);
  }

  private List<MqttQoS> subscribe(Client client, List<MqttTopicSubscription> subscriptions) {
    List<MqttQoS> grantedQos = new ArrayList<>();
    for (MqttTopicSubscription subscription : subscriptions) {
      String text = subscription.topicName();
      TopicFilter filter =
          text.length() > MAX_FILTER_LENGTH || client.filters.size() == MAX_FILTERS_PER_CLIENT
              ? null
              : TopicFilter.parse(text).orElse(null);
      if (filter != null) {
        client.filters.put(text, filter);
      }
      grantedQos.add(filter == null ? MqttQoS.FAILURE : MqttQoS.AT_MOST_ONCE);
    }
    return grantedQos;
  }

  private void onPublish(MqttPublishMessage message) {
    String topic = message.topicName();
    Buffer payload = message.payload();
    for (Client client : List.copyOf(clients.values())) {
      if (client.endpoint.isConnected() && client.isSubscribedTo(topic)) {
        deliver(client, topic, payload);
      }
    }
  }

  private void deliver(Client client, String topic, Buffer payload) {
    if (client.queuedBytes + payload.length() > MAX_QUEUED_BYTES) {
      client.endpoint.close();
      return;
    }
    client.queuedBytes += payload.length();
    client
        .endpoint
        .publish(topic, payload, MqttQoS.AT_MOST_ONCE, false, false)
        .onComplete(written -> client.queuedBytes -= payload.length());
  }
}
