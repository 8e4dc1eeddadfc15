package nara.testing;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import nara.node.Blocking;

/** Stands before a node and passes requests on, but for those that it is told to spoil. */
public final class FaultyPeer implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long PIECE_MILLIS = 50;

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private final String host;
  private final String target;
  private final HttpServer server;
  private volatile Pattern failingBodies;
  private volatile int failureStatus;
  private volatile Set<String> missingPaths = Set.of();
  private volatile Supplier<Future<Void>> admission = Future::succeededFuture;
  private volatile UnaryOperator<String> rewrite = body -> body;
  private volatile Function<String, String> redirect = body -> "";
  private volatile Delivery delivery = Delivery.WHOLE;
  private volatile IntSupplier bytesPerSecond = () -> Integer.MAX_VALUE;

  /** How an answer is given. */
  private enum Delivery {
    WHOLE,
    /** A byte a second. */
    TRICKLED,
    /** At the rate of {@link #deliveringAt}. */
    PACED,
    /** The connection is reset when nine tenths are written. */
    RESET_AT_NINE_TENTHS
  }

  private FaultyPeer(String address, String at) {
    host = at;
    target = address;
    server =
        Blocking.await(
            vertx.createHttpServer().requestHandler(this::onRequest).listen(0, at), TIMEOUT);
  }

  /** One that passes everything on to that address. */
  public static FaultyPeer proxying(String address) {
    return proxying(address, "127.0.0.1");
  }

  /** One that listens there, and passes everything on to that address. */
  public static FaultyPeer proxying(String address, String at) {
    return new FaultyPeer(address, at);
  }

  /** Answers {@code POST /events/sync} with that status where the body contains the pattern. */
  public FaultyPeer failingWith(Pattern bodies, int answer) {
    failureStatus = answer;
    failingBodies = bodies;
    return this;
  }

  /** Answers that these paths are not there, as an older nara does. */
  public FaultyPeer without(String... paths) {
    missingPaths = Set.of(paths);
    return this;
  }

  /** Lets each {@code POST /events/sync} wait for its turn. */
  public FaultyPeer admittedBy(Supplier<Future<Void>> turns) {
    admission = turns;
    return this;
  }

  /**
   * Asks the node behind it for something else than it was asked itself: the signature of a request
   * is not over its body.
   */
  public FaultyPeer rewriting(UnaryOperator<String> bodies) {
    rewrite = bodies;
    return this;
  }

  /**
   * Gives the answers of others for its own.
   *
   * @param addresses whom to ask for a body, as {@code host:port}; empty for the node behind it
   */
  public FaultyPeer redirectingTo(Function<String, String> addresses) {
    redirect = addresses;
    return this;
  }

  /** Gives its answers a byte a second. */
  public FaultyPeer trickling() {
    delivery = Delivery.TRICKLED;
    return this;
  }

  /** Sends each response to {@code POST /events/sync} at this rate, in bytes a second. */
  public FaultyPeer deliveringAt(IntSupplier rate) {
    bytesPerSecond = rate;
    delivery = Delivery.PACED;
    return this;
  }

  /** Resets the connection when nine tenths of an answer are written. */
  public FaultyPeer resettingAtNineTenths() {
    delivery = Delivery.RESET_AT_NINE_TENTHS;
    return this;
  }

  public String address() {
    return host + ":" + server.actualPort();
  }

  private void onRequest(HttpServerRequest request) {
    request
        .body()
        .compose(
            body -> {
              if (missingPaths.contains(request.path())) {
                return request.response().setStatusCode(404).end("404 page not found\n");
              }
              if (failingBodies != null
                  && request.path().equals("/events/sync")
                  && failingBodies.matcher(body.toString()).find()) {
                return request.response().setStatusCode(failureStatus).end("spoiled\n");
              }
              return request.path().equals("/events/sync")
                  ? admission
                      .get()
                      .compose(
                          mine ->
                              forward(
                                  request, Buffer.buffer(rewrite.apply(body.toString())), delivery))
                  : forward(request, body, Delivery.WHOLE);
            })
        .onFailure(gone -> request.connection().close());
  }

  private Future<Void> forward(HttpServerRequest request, Buffer body, Delivery how) {
    String other = redirect.apply(body.toString());
    String address = other.isEmpty() ? target : other;
    int colon = address.lastIndexOf(':');
    return client
        .request(
            new RequestOptions()
                .setMethod(request.method())
                .setHost(address.substring(0, colon))
                .setPort(Integer.parseInt(address.substring(colon + 1)))
                .setURI(request.uri()))
        .compose(
            out -> {
              request.headers().forEach((name, value) -> out.headers().set(name, value));
              out.headers().remove("Content-Length");
              return out.send(body);
            })
        .compose(
            answer ->
                answer
                    .body()
                    .compose(
                        bytes -> {
                          request.response().setStatusCode(answer.statusCode());
                          answer
                              .headers()
                              .forEach(
                                  (name, value) -> request.response().headers().set(name, value));
                          return deliver(request.response(), bytes, how);
                        }));
  }

  private Future<Void> deliver(HttpServerResponse response, Buffer bytes, Delivery how) {
    return switch (how) {
      case WHOLE -> response.end(bytes);
      case TRICKLED -> trickle(response, bytes, 0);
      case PACED -> pace(response, bytes);
      case RESET_AT_NINE_TENTHS -> {
        response.headers().set("Content-Length", String.valueOf(bytes.length()));
        yield response
            .write(bytes.slice(0, bytes.length() * 9 / 10))
            .onSuccess(written -> response.reset());
      }
    };
  }

  private Future<Void> pace(HttpServerResponse response, Buffer bytes) {
    response.headers().set("Content-Length", String.valueOf(bytes.length()));
    AtomicInteger written = new AtomicInteger();
    Promise<Void> end = Promise.promise();
    vertx.setPeriodic(
        PIECE_MILLIS,
        timer -> {
          long piece = bytesPerSecond.getAsInt() * PIECE_MILLIS / 1_000;
          int from = written.get();
          int to = (int) Math.min(bytes.length(), from + Math.max(1, piece));
          written.set(to);
          if (to == bytes.length() || response.closed()) {
            vertx.cancelTimer(timer);
            response.end(bytes.slice(from, to)).onComplete(end);
          } else {
            response.write(bytes.slice(from, to));
          }
        });
    return end.future();
  }

  private Future<Void> trickle(HttpServerResponse response, Buffer bytes, int at) {
    response.headers().set("Content-Length", String.valueOf(bytes.length()));
    return response
        .write(bytes.slice(at, at + 1))
        .compose(written -> vertx.timer(1, TimeUnit.SECONDS))
        .compose(
            second -> at + 1 < bytes.length() ? trickle(response, bytes, at + 1) : response.end());
  }

  @Override
  public void close() {
    Blocking.await(vertx.close(), TIMEOUT);
  }
}
