package nara.mqtt;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.MqttConnectionException;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubAckMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import nara.mqtt.wire.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the broker, kept up for ever: whether connecting failed or a connection ended,
 * one loop waits a random time and tries again with a new client, until {@link #close}.
 *
 * <p>It counts as connected only when the broker has acknowledged all subscriptions, so that no
 * answer to a question asked from then on can be missed. It works on the context that opened it,
 * and calls its listener there.
 */
public final class PlazaConnection {
  private static final Logger LOG = LoggerFactory.getLogger(PlazaConnection.class);

  /** For the TCP connection, and again for the broker's two acknowledgements. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** How long closing may take. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** A dead broker is noticed after one and a half times this. */
  private static final int KEEP_ALIVE_SECONDS = 30;

  /** Messages that may wait to be written: what the network does not take, memory must hold. */
  private static final int MAX_QUEUED_MESSAGES = 1_000;

  /** Bytes of such messages, as a multiple of the largest one. */
  private static final int MAX_QUEUED_SIZE_FACTOR = 4;

  /** Messages that the listener may be busy with before no more are read. */
  private static final int MAX_IN_FLIGHT = 64;

  /** What MQTT 3.1.1 answers to a subscription that is refused. */
  private static final int SUBSCRIPTION_REFUSED = 0x80;

  /** Of a message: the longest topic, with its name and what frames it. */
  private static final int TOPIC_BYTES = Topics.MAX_NAME_BYTES + 64;

  /** Who hears of the connection. */
  public interface Listener {
    /** There is a connection now, and all subscriptions stand. */
    void onConnected();

    /** The connection is gone; another one follows by itself. */
    void onDisconnected();

    /**
     * A message came. Reading pauses while too many are not done with, so what comes faster waits
     * in the broker and not here.
     *
     * @return done when the next one may take its place
     */
    Future<?> onMessage(String topic, byte[] payload);

    /** A message came that is over the size allowed; nothing of it was kept. */
    void onOversized();
  }

  private final Vertx vertx;
  private final PlazaConfig config;
  private final BrokerUrl url;
  private final List<String> filters;
  private final RandomGenerator random;
  private final Listener listener;
  // Two clients of one id push each other out, so it does not come from a seed.
  private final String clientId = "nara-" + UUID.randomUUID().toString().substring(19);

  private MqttClient client;
  private boolean connected;
  private boolean keepsConnecting;
  private boolean lastPublished;
  private String error = "not connected yet";
  private String exceptionMessage = "";
  private long reconnectTimer = -1;
  private int queuedMessages;
  private long queuedBytes;
  private int inFlight;
  private boolean paused;
  private final Qos1Queue qos1Queue = new Qos1Queue(this::sendQos1);

  /**
   * A connection that is not open yet.
   *
   * @param filters topics to subscribe to
   * @throws IllegalArgumentException with a sentence when the broker's URL is none
   */
  public PlazaConnection(
      Vertx vertx,
      PlazaConfig config,
      List<String> filters,
      RandomGenerator random,
      Listener listener) {
    this.vertx = vertx;
    this.config = config;
    this.url = BrokerUrl.parse(config.url());
    this.filters = filters;
    this.random = random;
    this.listener = listener;
  }

  /** Begins to connect, and goes on until closed. */
  public void open() {
    keepsConnecting = true;
    connect();
  }

  /** Ends the connection for good, within two seconds. */
  public Future<Void> close() {
    keepsConnecting = false;
    connected = false;
    error = "closed";
    qos1Queue.failAll("the connection was closed");
    vertx.cancelTimer(reconnectTimer);
    MqttClient last = client;
    client = null;
    return last == null
        ? Future.succeededFuture()
        : last.disconnect()
            .timeout(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .otherwiseEmpty();
  }

  /** Whether there is a connection on which all subscriptions stand. */
  public boolean connected() {
    return connected;
  }

  /** Why there is no connection, in a sentence without secrets; empty when there is one. */
  public String error() {
    return connected ? "" : error;
  }

  /**
   * Publishes with QoS 0.
   *
   * @return done when it is written; failed when there is no connection, or too much waits already
   */
  public Future<Void> publish(String topic, byte[] payload) {
    Optional<String> fault = publishError(payload);
    if (fault.isPresent()) {
      return Future.failedFuture(fault.get());
    }
    long most = (long) MAX_QUEUED_SIZE_FACTOR * config.maxMessageBytes();
    if (queuedMessages >= MAX_QUEUED_MESSAGES || queuedBytes + payload.length > most) {
      return Future.failedFuture("the broker takes messages slower than they are published");
    }
    queuedMessages++;
    queuedBytes += payload.length;
    return client
        .publish(topic, Buffer.buffer(payload), MqttQoS.AT_MOST_ONCE, false, false)
        .onComplete(
            written -> {
              queuedMessages--;
              queuedBytes -= payload.length;
            })
        .mapEmpty();
  }

  /**
   * Publishes with QoS 0, and nothing after it: what was begun before and comes later fails, on
   * this connection as on the next.
   *
   * @return as of {@link #publish}
   */
  public Future<Void> publishLast(String topic, byte[] payload) {
    Future<Void> written = publish(topic, payload);
    lastPublished = true;
    return written;
  }

  /**
   * Publishes with QoS 1.
   *
   * @return done when the broker has acknowledged it; failed when there is no connection, when too
   *     much waits already, or when the connection ended before
   */
  public Future<Void> publishQos1(String topic, byte[] payload) {
    return publishError(payload)
        .map(Future::<Void>failedFuture)
        .orElseGet(() -> qos1Queue.publish(topic, payload));
  }

  private Future<?> sendQos1(int id, String topic, byte[] payload) {
    return client.publish(id, topic, Buffer.buffer(payload), MqttQoS.AT_LEAST_ONCE, false, false);
  }

  /** Why nothing of that size can be published now. */
  private Optional<String> publishError(byte[] payload) {
    if (!connected) {
      return Optional.of("no connection to the broker: " + error);
    }
    if (lastPublished) {
      return Optional.of("the last message was published");
    }
    return payload.length <= maxPayloadBytes(config)
        ? Optional.empty()
        : Optional.of(
            "a message of %d bytes is over the %d that are allowed"
                .formatted(payload.length, maxPayloadBytes(config)));
  }

  /** Bytes of the largest payload: what the largest message leaves beside its topic. */
  static int maxPayloadBytes(PlazaConfig config) {
    return config.maxMessageBytes() - TOPIC_BYTES;
  }

  private void connect() {
    SizeLimitedVertx bounded =
        new SizeLimitedVertx(vertx, config.maxMessageBytes(), listener::onOversized);
    MqttClient next = MqttClient.create(bounded, options());
    client = next;
    exceptionMessage = "";
    Promise<MqttSubAckMessage> subscribed = Promise.promise();
    next.publishHandler(message -> onMessage(next, message));
    next.subscribeCompletionHandler(subscribed::tryComplete);
    next.exceptionHandler(failure -> exceptionMessage = describe(failure));
    // After the end of a client its messages are failed already, so its late word means nothing.
    next.publishCompletionHandler(qos1Queue::onAcknowledged);
    next.publishCompletionExpirationHandler(
        id -> qos1Queue.onFailed(id, "the broker does not acknowledge it"));
    next.closeHandler(
        closed -> {
          if (!subscribed.tryFail("it closed the connection")) {
            onConnectionEnded(next, "it closed the connection");
          }
        });
    next.connect(url.port(), url.host())
        .compose(
            accepted ->
                next.subscribe(filters.stream().collect(Collectors.toMap(f -> f, Topics::qosOf))))
        .compose(sent -> subscribed.future())
        .timeout(2 * CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(granted -> onSubscribed(next, granted))
        .onFailure(
            failure -> {
              subscribed.tryFail(failure);
              onConnectionEnded(next, describe(failure));
            });
  }

  private void onSubscribed(MqttClient from, MqttSubAckMessage granted) {
    if (from != client) {
      return;
    }
    if (granted.grantedQoSLevels().contains(SUBSCRIPTION_REFUSED)) {
      onConnectionEnded(from, "the broker refuses a subscription: may this user read nara/#?");
      return;
    }
    connected = true;
    error = "";
    queuedMessages = 0;
    queuedBytes = 0;
    inFlight = 0;
    paused = false;
    LOG.info("Connected to the broker at {}", url);
    listener.onConnected();
  }

  /** The one way back to a connection, from a failed attempt as from a lost connection. */
  private void onConnectionEnded(MqttClient from, String why) {
    if (from != client) {
      return;
    }
    client = null;
    boolean wasConnected = connected;
    connected = false;
    String sentence =
        (wasConnected ? "lost the broker at " : "cannot reach the broker at ")
            + url
            + ": "
            + (exceptionMessage.isEmpty() ? why : exceptionMessage);
    if (!sentence.equals(error)) {
      LOG.warn("The plaza: {}", sentence);
    }
    error = sentence;
    // Its end changes nothing any more: all handlers of a client that is not the present one
    // return.
    from.disconnect();
    qos1Queue.failAll(sentence);
    if (wasConnected) {
      listener.onDisconnected();
    }
    if (keepsConnecting) {
      reconnectTimer =
          vertx.setTimer(
              randomBetween(config.reconnectMin(), config.reconnectMax()), t -> connect());
    }
  }

  private void onMessage(MqttClient from, MqttPublishMessage message) {
    if (from != client) {
      return;
    }
    inFlight++;
    if (inFlight >= MAX_IN_FLIGHT && !paused) {
      paused = true;
      from.pause();
    }
    listener
        .onMessage(message.topicName(), message.payload().getBytes())
        .onComplete(done -> onHandled(from));
  }

  private void onHandled(MqttClient from) {
    if (from != client) {
      return;
    }
    inFlight--;
    if (paused && inFlight < MAX_IN_FLIGHT / 2) {
      paused = false;
      from.resume();
    }
  }

  private MqttClientOptions options() {
    MqttClientOptions options = new MqttClientOptions();
    options
        .setClientId(clientId)
        .setCleanSession(true)
        .setKeepAliveInterval(KEEP_ALIVE_SECONDS)
        .setMaxInflightQueue(Qos1Queue.MAX_IN_FLIGHT)
        .setAckTimeout(KEEP_ALIVE_SECONDS)
        .setMaxMessageSize(config.maxMessageBytes())
        .setSsl(url.tls())
        .setHostnameVerificationAlgorithm("HTTPS")
        .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    if (!config.user().isEmpty()) {
      options.setUsername(config.user()).setPassword(config.password());
    }
    return options;
  }

  private long randomBetween(Duration least, Duration most) {
    long span = Math.max(0, most.toMillis() - least.toMillis());
    return Math.max(1, least.toMillis() + random.nextLong(span + 1));
  }

  /** A failure in words; those of the protocol carry no secrets, and others only a message. */
  private String describe(Throwable failure) {
    if (failure instanceof MqttConnectionException refused) {
      return switch (refused.code()) {
        case CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD, CONNECTION_REFUSED_NOT_AUTHORIZED ->
            "it refuses the user or the password";
        default -> "it refuses the connection (" + refused.code() + ")";
      };
    }
    if (failure instanceof TooLongFrameException
        || failure instanceof DecoderException decoder
            && decoder.getCause() instanceof TooLongFrameException) {
      return "it sent a message of over " + config.maxMessageBytes() + " bytes";
    }
    if (failure instanceof TimeoutException) {
      return "it does not answer";
    }
    if (failure instanceof SSLException && failure.getCause() != null) {
      return describe(failure.getCause());
    }
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        // The address that the connection was refused at stands in the sentence already.
        : message.replaceFirst(": \\S*/\\S+$", "");
  }
}
