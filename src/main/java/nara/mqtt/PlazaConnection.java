package nara.mqtt;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubAckMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nara.bounds.LogOnce;
import nara.bus.HostLookup;
import nara.bus.Scheduler;
import nara.mqtt.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the broker. When connecting fails or a connection ends, it waits a random time
 * and connects again with a new client, until {@link #close}.
 *
 * <p>It counts as connected when the broker has acknowledged all subscriptions. So this node misses
 * no response to a request that it publishes from then on. It runs on the context that opened it,
 * and calls its listener there.
 */
final class PlazaConnection {
  private static final Logger LOG = LoggerFactory.getLogger(PlazaConnection.class);

  /** The SUBACK code of a refused subscription in MQTT 3.1.1. */
  private static final int SUBSCRIPTION_REFUSED = 0x80;

  /** The part of a message that the longest topic and the framing take. */
  private static final int TOPIC_BYTES = Topics.MAX_NAME_BYTES + 64;

  /** Receives the messages and the state of the connection. */
  interface Listener {
    /** The connection is open, and the broker has acknowledged all subscriptions. */
    void onConnected();

    /** The connection ended. This class opens another one. */
    void onDisconnected();

    /**
     * A message arrived. With too many messages in work, the client stops reading, so the rest
     * waits in the broker.
     *
     * @param retained whether the broker kept the message from before this subscription, so that
     *     its sender may be gone
     * @return a Future that ends when the message is handled
     */
    Future<?> onMessage(String topic, byte[] payload, boolean retained);

    /** An oversized message arrived and was dropped. */
    void onOversized();
  }

  private final Vertx vertx;
  private final PlazaConfig config;
  private final BrokerUrl url;
  private final List<String> filters;
  private final RandomGenerator random;
  private final Listener listener;
  // A broker disconnects the older of two clients with one id, so the id is random.
  private final String clientId;

  private final HostLookup hostLookup;

  /** Addresses of the broker from the last lookup. */
  private final Deque<String> untried = new ArrayDeque<>();

  private MqttClient client;
  private boolean connected;

  private long connects;
  private boolean keepsConnecting;
  private boolean lastPublished;
  private String error = "not connected yet";
  private String exceptionMessage = "";
  private long reconnectTimer = -1;
  private int queuedMessages;
  private long queuedBytes;
  private int inFlight;
  private boolean paused;
  private final Qos1Queue queue =
      new Qos1Queue(
          (id, topic, payload) ->
              client.publish(
                  id, topic, Buffer.buffer(payload), MqttQoS.AT_LEAST_ONCE, false, false));

  private final MessageBound bound;
  private final LogOnce refused = new LogOnce(LOG::warn, MqttLimits.MAX_WARNED_TOPICS);

  PlazaConnection(
      Vertx vertx,
      PlazaConfig config,
      List<String> filters,
      Scheduler scheduler,
      RandomGenerator random,
      Listener listener) {
    this.vertx = vertx;
    this.config = config;
    this.url = BrokerUrl.parse(config.url());
    this.bound = new MessageBound(config.maxMessageBytes(), scheduler::nanoTime);
    this.clientId = "nara-" + HexFormat.of().toHexDigits(random.nextLong());
    this.filters = filters;
    this.random = random;
    this.listener = listener;
    this.hostLookup = new HostLookup(vertx);
  }

  /** Starts to connect, and keeps connecting until it is closed. */
  void open() {
    keepsConnecting = true;
    connect();
  }

  /** Ends the connection for good, within {@link MqttLimits#CLOSE_TIMEOUT}. */
  Future<Void> close() {
    keepsConnecting = false;
    connected = false;
    error = "closed";
    queue.failAll("the connection was closed");
    vertx.cancelTimer(reconnectTimer);
    MqttClient last = client;
    client = null;
    hostLookup.close();
    return last == null
        ? Future.succeededFuture()
        : last.disconnect()
            .timeout(MqttLimits.CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .otherwiseEmpty();
  }

  /** Whether the connection is open with all subscriptions. */
  boolean connected() {
    return connected;
  }

  /** How often it was connected. */
  long connects() {
    return connects;
  }

  /** Why there is no connection, without secrets; empty when there is one. */
  String error() {
    return connected ? "" : error;
  }

  /**
   * Publishes with QoS 0. The Future ends when the message is written. It fails without a
   * connection, and when too many messages are queued.
   */
  Future<Void> publish(String topic, byte[] payload) {
    Optional<String> fault = publishError(payload);
    if (fault.isPresent()) {
      return Future.failedFuture(fault.get());
    }
    long maxQueuedBytes = (long) MqttLimits.MAX_QUEUED_SIZE_FACTOR * config.maxMessageBytes();
    if (queuedMessages >= MqttLimits.MAX_QUEUED_MESSAGES
        || queuedBytes + payload.length > maxQueuedBytes) {
      return Future.failedFuture("the broker takes messages slower than they are published");
    }
    queuedMessages++;
    queuedBytes += payload.length;
    Runnable onWritten = bound.onPublish(payload.length);
    return client
        .publish(topic, Buffer.buffer(payload), MqttQoS.AT_MOST_ONCE, false, false)
        .onComplete(
            written -> {
              if (written.succeeded()) {
                onWritten.run();
              }
              queuedMessages--;
              queuedBytes -= payload.length;
            })
        .mapEmpty();
  }

  /** Like {@link #publish}, but every later publish fails, also on the next connection. */
  Future<Void> publishLast(String topic, byte[] payload) {
    Future<Void> written = publish(topic, payload);
    lastPublished = true;
    return written;
  }

  /**
   * Publishes with QoS 1. The Future ends when the broker acknowledges the message. It fails
   * without a connection, when too many messages are queued, and when the connection ends before.
   */
  Future<Void> publishQos1(String topic, byte[] payload) {
    return publishError(payload)
        .map(Future::<Void>failedFuture)
        .orElseGet(() -> queue.publish(topic, payload));
  }

  private Optional<String> publishError(byte[] payload) {
    if (!connected) {
      return Optional.of("no connection to the broker: " + error);
    }
    if (lastPublished) {
      return Optional.of("the last message was published");
    }
    String tooLarge = "a message of %d bytes is over the %d that are allowed";
    return payload.length <= maxPayloadBytes()
        ? Optional.empty()
        : Optional.of(tooLarge.formatted(payload.length, maxPayloadBytes()));
  }

  /** The size limit of a payload; it shrinks when the broker takes only smaller ones. */
  int maxPayloadBytes() {
    return bound.bytes() - TOPIC_BYTES;
  }

  /** Connects to the next address of the broker, after a lookup of its name when none is left. */
  private void connect() {
    if (!untried.isEmpty()) {
      connectTo(untried.removeFirst());
      return;
    }
    hostLookup
        .addressesOf(url.host())
        .onComplete(
            found -> {
              if (!keepsConnecting) {
                return;
              }
              if (found.failed()) {
                onAttemptFailed(
                    "cannot reach the broker at " + url + ": its host name cannot be looked up");
                return;
              }
              untried.addAll(found.result());
              connectTo(untried.removeFirst());
            });
  }

  private void connectTo(String address) {
    SizeLimitedVertx bounded =
        new SizeLimitedVertx(vertx, config.maxMessageBytes(), listener::onOversized, address);
    MqttClient next = MqttClient.create(bounded, options());
    client = next;
    exceptionMessage = "";
    Promise<MqttSubAckMessage> subscribed = Promise.promise();
    next.publishHandler(message -> onMessage(next, message));
    next.subscribeCompletionHandler(subscribed::tryComplete);
    next.exceptionHandler(
        failure ->
            exceptionMessage = BrokerFailure.describe(failure, url, config.maxMessageBytes()));
    // When a client ends, its messages fail. So a late acknowledgement has no effect.
    next.publishCompletionHandler(queue::onAcknowledged);
    next.publishCompletionExpirationHandler(
        id -> queue.onFailed(id, "the broker does not acknowledge it"));
    next.closeHandler(
        closed -> {
          if (!subscribed.tryFail(BrokerFailure.CLOSED)) {
            onConnectionEnded(next, BrokerFailure.CLOSED);
          }
        });
    next.connect(url.port(), url.host())
        .compose(acknowledged -> next.subscribe(subscriptions()))
        .compose(sent -> subscribed.future())
        .timeout(2 * MqttLimits.CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(granted -> onSubscribed(next, granted))
        .onFailure(
            failure -> {
              subscribed.tryFail(failure);
              onConnectionEnded(
                  next, BrokerFailure.describe(failure, url, config.maxMessageBytes()));
            });
  }

  private void onSubscribed(MqttClient from, MqttSubAckMessage granted) {
    if (from != client) {
      return;
    }
    logRefused(granted.grantedQoSLevels());
    connected = true;
    connects++;
    error = "";
    queuedMessages = 0;
    queuedBytes = 0;
    inFlight = 0;
    paused = false;
    LOG.info("Connected to the broker; url={}", url);
    listener.onConnected();
  }

  /** In the order in which the broker answers them. */
  private Map<String, Integer> subscriptions() {
    Map<String, Integer> qosByFilter = new LinkedHashMap<>();
    filters.forEach(filter -> qosByFilter.put(filter, Topics.qosOf(filter)));
    return qosByFilter;
  }

  /** A refused subscription affects only its own topic. */
  private void logRefused(List<Integer> granted) {
    for (int i = 0; i < Math.min(granted.size(), filters.size()); i++) {
      if (granted.get(i) == SUBSCRIPTION_REFUSED) {
        refused.log(
            "The broker refuses a subscription; the node works without this topic; allow its user"
                + " to read it; topic="
                + filters.get(i));
      }
    }
  }

  /** Handles both a failed attempt and a lost connection. */
  private void onConnectionEnded(MqttClient from, String reason) {
    if (from != client) {
      return;
    }
    client = null;
    boolean wasConnected = connected;
    connected = false;
    String what = wasConnected ? "lost the broker at " : "cannot reach the broker at ";
    String why = exceptionMessage.isEmpty() ? reason : exceptionMessage;
    String sentence = what + url + ": " + (wasConnected ? why : BrokerFailure.ofAttempt(why, url));
    if (wasConnected && bound.onConnectionLost()) {
      LOG.warn(
          "The broker closed the connection at a large message; send smaller ones from now on;"
              + " max_bytes={}",
          bound.bytes());
    }
    // The handlers of a former client do nothing.
    from.disconnect();
    queue.failAll(sentence);
    if (wasConnected) {
      untried.clear();
    }
    onAttemptFailed(sentence);
    if (wasConnected) {
      listener.onDisconnected();
    }
  }

  private void onAttemptFailed(String sentence) {
    if (keepsConnecting && !sentence.equals(error)) {
      LOG.warn("No connection to the broker; retry; reason={}", sentence);
    }
    error = sentence;
    if (keepsConnecting && !untried.isEmpty()) {
      connect();
    } else if (keepsConnecting) {
      long min = config.reconnectMin().toMillis();
      long span = Math.max(0, config.reconnectMax().toMillis() - min);
      long wait = Math.max(1, min + random.nextLong(span + 1));
      reconnectTimer = vertx.setTimer(wait, fired -> connect());
    }
  }

  private void onMessage(MqttClient from, MqttPublishMessage message) {
    if (from != client) {
      return;
    }
    inFlight++;
    if (inFlight >= MqttLimits.MAX_HANDLED_AT_ONCE && !paused) {
      paused = true;
      from.pause();
    }
    listener
        .onMessage(message.topicName(), message.payload().getBytes(), message.isRetain())
        .onComplete(done -> onHandled(from));
  }

  private void onHandled(MqttClient from) {
    if (from != client) {
      return;
    }
    inFlight--;
    if (paused && inFlight < MqttLimits.MAX_HANDLED_AT_ONCE / 2) {
      paused = false;
      from.resume();
    }
  }

  private MqttClientOptions options() {
    MqttClientOptions options = new MqttClientOptions();
    options
        .setClientId(clientId)
        .setCleanSession(true)
        .setKeepAliveInterval(MqttLimits.KEEP_ALIVE_SECONDS)
        .setMaxInflightQueue(MqttLimits.MAX_QOS1_IN_FLIGHT)
        .setAckTimeout(MqttLimits.KEEP_ALIVE_SECONDS)
        .setMaxMessageSize(config.maxMessageBytes())
        .setSsl(url.tls())
        .setHostnameVerificationAlgorithm(config.tls().insecure() ? "" : "HTTPS")
        .setConnectTimeout((int) MqttLimits.CONNECT_TIMEOUT.toMillis());
    PlazaConfig.Tls tls = config.tls();
    options.setTrustAll(tls.insecure());
    tls.authority()
        .filter(file -> !tls.insecure())
        .ifPresent(
            file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
    if (tls.certificate().isPresent() && tls.key().isPresent()) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertPath(tls.certificate().get().toString())
              .addKeyPath(tls.key().get().toString()));
    }
    if (!config.user().isEmpty()) {
      options.setUsername(config.user()).setPassword(config.password());
    }
    return options;
  }
}
