package nara.simulation.adversary;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import nara.event.Event;
import nara.identity.Identity;
import nara.mesh.wire.Body;
import nara.mesh.wire.EventList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncRequest;
import nara.mqtt.wire.Topics;
import nara.simulation.machine.SimulatedHost;

/**
 * A neighbour with real sockets of its own machine. It answers as the reference does, but for its
 * misbehaviours.
 */
public final class HostilePeer {
  public static final int PORT = 7433;

  /** A request that it received: anybody who can be asked can keep it. */
  public record Received(HttpMethod method, String path, SignatureHeaders signature, byte[] body) {}

  private final Identity identity;
  private final SimulatedHost host;
  private final Surroundings surroundings;
  private final List<Misbehaviour> misbehaviours;
  private final SplittableRandom random;
  private final List<byte[]> events;
  private final List<Received> received = new ArrayList<>();
  private Vertx vertx;
  private HttpClient client;
  private HostileLedger ledger;
  private MqttClient plaza;
  private Set<Integer> published;

  /**
   * @param honestPart what it holds of the honest history
   */
  public HostilePeer(
      Identity identity,
      SimulatedHost host,
      Surroundings surroundings,
      List<Misbehaviour> misbehaviours,
      List<byte[]> honestPart,
      SplittableRandom random) {
    this.identity = identity;
    this.host = host;
    this.surroundings = surroundings;
    this.misbehaviours = misbehaviours;
    this.random = random;
    this.events = new ArrayList<>(honestPart);
  }

  /** Starts to listen, and then to act. */
  public Future<Void> start() {
    events.add(Forger.heyThere(identity, surroundings.secondsAgo(86_400), address()));
    misbehaviours.forEach(each -> each.stock(this, events));
    ledger = new HostileLedger(events);
    vertx = host.startVertx(new VertxOptions());
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(5_000),
            new PoolOptions().setHttp1MaxSize(64).setMaxWaitQueueSize(2_000));
    return vertx
        .createHttpServer()
        .requestHandler(this::onRequest)
        .listen(PORT, host.address())
        .onSuccess(open -> misbehaviours.forEach(each -> each.act(this)))
        .mapEmpty();
  }

  /**
   * Joins the plaza as anybody may: it hears everything, and announces itself.
   *
   * @param ownMessages what any hostile peer has published: they do not attack each other
   */
  public void joinPlaza(String broker, Set<Integer> ownMessages) {
    published = ownMessages;
    MqttClientOptions options = new MqttClientOptions();
    // Others publish what they like.
    options.setMaxMessageSize(16 << 20).setClientId(identity.name());
    plaza = MqttClient.create(vertx, options);
    plaza
        .publishHandler(this::onPlazaMessage)
        .connect(1_883, broker)
        .compose(connected -> plaza.subscribe("#", 1))
        .onSuccess(
            subscribed -> {
              publish(Topics.HEY_THERE, Forger.heyThere(identity, nowNanos(), address()));
              misbehaviours.forEach(each -> each.join(this));
            });
  }

  private void onPlazaMessage(MqttPublishMessage message) {
    byte[] payload = message.payload().getBytes();
    if (!published.contains(hash(message.topicName(), payload))) {
      misbehaviours.forEach(each -> each.hear(this, message.topicName(), payload));
    }
  }

  private static int hash(String topic, byte[] payload) {
    return 31 * topic.hashCode() + Arrays.hashCode(payload);
  }

  // What a misbehaviour may use.

  /** Publishes something on the plaza. */
  public void publish(String topic, byte[] payload) {
    publish(topic, payload, false);
  }

  /** The same; the broker may keep it for those who subscribe later. */
  public void publish(String topic, byte[] payload, boolean retained) {
    if (plaza.isConnected()) {
      published.add(hash(topic, payload));
      plaza.publish(topic, Buffer.buffer(payload), MqttQoS.AT_MOST_ONCE, false, retained);
    }
  }

  /** Its clock, Unix seconds. */
  public long nowSeconds() {
    return now().getEpochSecond();
  }

  /** Its clock, Unix nanoseconds. */
  public long nowNanos() {
    return Event.unixNanos(now());
  }

  public Identity identity() {
    return identity;
  }

  public Surroundings surroundings() {
    return surroundings;
  }

  public SplittableRandom random() {
    return random;
  }

  /** Does something again and again, until the simulation ends. */
  public void every(long millis, Runnable action) {
    vertx.setPeriodic(
        millis,
        timer -> {
          if (host.isEnding()) {
            vertx.cancelTimer(timer);
          } else {
            action.run();
          }
        });
  }

  public Vertx vertx() {
    return vertx;
  }

  public String address() {
    return host.address() + ":" + PORT;
  }

  /** All that it claims to hold. */
  public List<byte[]> events() {
    return events;
  }

  /** Requests of others, oldest first. */
  public List<Received> received() {
    return received;
  }

  public Instant now() {
    return host.scheduler().instant();
  }

  /** Sends a request, signed with this identity, and drops the answer. */
  public void post(Identity sender, String address, String path, byte[] body) {
    send(address, path, RequestSignature.sign(sender, now(), "POST", path), body);
  }

  /** Sends a request with any signature, and drops the answer. */
  public void send(String address, String path, SignatureHeaders signature, byte[] body) {
    ask(address, path, signature, body);
  }

  /** The same; the Future has the body of the answer. */
  public Future<byte[]> ask(String address, String path, SignatureHeaders signature, byte[] body) {
    PeerAddress peer = PeerAddress.parse(address).orElseThrow();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(peer.host())
            .setPort(peer.port())
            .setURI(path)
            .putHeader("Content-Type", MeshPaths.JSON)
            .putHeader(MeshPaths.PORT_HEADER, Integer.toString(PORT));
    signature.addTo(options.getHeaders());
    return client
        .request(options)
        .compose(request -> request.send(Buffer.buffer(body)))
        .compose(HttpClientResponse::body)
        .map(Buffer::getBytes);
  }

  // The server.

  private void onRequest(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              byte[] bytes = body.getBytes();
              Received one =
                  new Received(
                      request.method(),
                      request.path(),
                      SignatureHeaders.of(request.headers()),
                      bytes);
              received.add(one);
              misbehaviours.forEach(each -> each.receive(this, one));
              WireAnswer answer = honest(request, bytes);
              misbehaviours.forEach(each -> each.answer(this, answer));
              deliver(request, answer);
            });
  }

  private WireAnswer honest(HttpServerRequest request, byte[] body) {
    return switch (request.path()) {
      case MeshPaths.PING ->
          new WireAnswer(MeshPaths.PING, 200, PingResponse.write(identity, host.address(), now()));
      case MeshPaths.SYNC -> sync(body);
      case MeshPaths.ZINE -> signed(MeshPaths.ZINE, zine(identity, ledger.newest(20)));
      case MeshPaths.SEND_EVENT ->
          signed(
              MeshPaths.SEND_EVENT,
              ("{\"from\":\"" + identity.name() + "\",\"success\":true}\n").getBytes(UTF_8));
      case MeshPaths.CHECKPOINTS ->
          new WireAnswer(MeshPaths.CHECKPOINTS, 200, checkpoints(ledger.checkpoints(), false));
      case MeshPaths.WORLD_RELAY ->
          signed(MeshPaths.WORLD_RELAY, "{\"success\":true}\n".getBytes(UTF_8));
      default -> new WireAnswer(request.path(), 404, "404 page not found\n".getBytes(UTF_8));
    };
  }

  private WireAnswer sync(byte[] body) {
    try {
      SyncRequest request = SyncRequest.read(body);
      EventAnswer answer = ledger.answer(request.toQuery(identity.name(), now().getEpochSecond()));
      misbehaviours.forEach(each -> each.choose(this, request, answer));
      return signed(MeshPaths.SYNC, syncResponse(answer));
    } catch (MeshException malformed) {
      return new WireAnswer(MeshPaths.SYNC, 400, "Invalid JSON\n".getBytes(UTF_8));
    }
  }

  private byte[] syncResponse(EventAnswer answer) {
    byte[][] jsons = answer.events().toArray(byte[][]::new);
    long seconds = now().getEpochSecond();
    byte[] hash = EventList.signedHash(identity.name() + ':' + seconds + ':', jsons);
    return ("{\"from\":\"%s\",\"events\":%s%s,\"ts\":%d,\"sig\":\"%s\"}\n"
            .formatted(
                identity.name(),
                list(answer.events()),
                answer.cursor().map(at -> ",\"next_cursor\":\"" + at + '"').orElse(""),
                seconds,
                identity.keys().signBase64(hash)))
        .getBytes(UTF_8);
  }

  /** A zine of anybody with these events. */
  public byte[] zine(Identity maker, List<byte[]> jsons) {
    long seconds = now().getEpochSecond();
    byte[] hash =
        EventList.signedHash(maker.name() + ':' + seconds + ':', jsons.toArray(byte[][]::new));
    return ("{\"from\":\"%s\",\"created_at\":%d,\"events\":%s,\"signature\":\"%s\"}\n"
            .formatted(maker.name(), seconds, list(jsons), maker.keys().signBase64(hash)))
        .getBytes(UTF_8);
  }

  /** A list of checkpoints. */
  public byte[] checkpoints(List<byte[]> jsons, boolean hasMore) {
    return ("{\"checkpoints\":%s,\"count\":%d,\"has_more\":%b,\"server\":\"%s\",\"total\":%2$d}\n"
            .formatted(list(jsons), jsons.size(), hasMore, identity.name()))
        .getBytes(UTF_8);
  }

  private static String list(List<byte[]> jsons) {
    return jsons.stream()
        .map(json -> new String(json, UTF_8))
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** A signed answer. */
  public WireAnswer signed(String path, byte[] body) {
    return new WireAnswer(path, 200, body)
        .signedBy(ResponseSignature.sign(identity, now(), Body.of(body)));
  }

  private void deliver(HttpServerRequest request, WireAnswer answer) {
    HttpServerResponse response = request.response().setStatusCode(answer.status());
    answer.headers().forEach(response::putHeader);
    byte[] body = answer.body();
    switch (answer.delivery()) {
      case WHOLE -> response.end(Buffer.buffer(body));
      case NEVER -> {}
      case HANG_UP -> request.connection().close();
      case CUT -> {
        response.putHeader("Content-Length", Integer.toString(body.length));
        response
            .write(Buffer.buffer(body).slice(0, body.length * 9 / 10))
            .onComplete(written -> request.connection().close());
      }
      case TRICKLED -> {
        response.putHeader("Content-Length", Integer.toString(body.length));
        trickle(response, body, 0);
      }
    }
  }

  private void trickle(HttpServerResponse response, byte[] body, int at) {
    if (at < body.length && !response.closed()) {
      response.write(Buffer.buffer(body).slice(at, at + 1));
      vertx.setTimer(1_000, due -> trickle(response, body, at + 1));
    }
  }
}
