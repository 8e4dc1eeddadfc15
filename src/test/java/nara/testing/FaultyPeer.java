package nara.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import nara.node.Blocking;

/** Stands before a node and passes requests on, but for those that it is told to spoil. */
public final class FaultyPeer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private final String host;
  private final int port;
  private final HttpServer server;
  private volatile Pattern refused;
  private volatile int status;
  private volatile Set<String> absent = Set.of();

  private FaultyPeer(String address) {
    host = address.substring(0, address.lastIndexOf(':'));
    port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    server =
        Blocking.await(
            vertx.createHttpServer().requestHandler(this::onRequest).listen(0, "127.0.0.1"),
            PATIENCE);
  }

  /** One that passes everything on to that address. */
  public static FaultyPeer before(String address) {
    return new FaultyPeer(address);
  }

  /** Answers {@code POST /events/sync} with that status where the body contains the pattern. */
  public FaultyPeer refusing(Pattern bodies, int answer) {
    status = answer;
    refused = bodies;
    return this;
  }

  /** Answers that these paths are not there, as an older nara does. */
  public FaultyPeer without(String... paths) {
    absent = Set.of(paths);
    return this;
  }

  public String address() {
    return "127.0.0.1:" + server.actualPort();
  }

  private void onRequest(HttpServerRequest request) {
    request
        .body()
        .compose(
            body -> {
              if (absent.contains(request.path())) {
                return request.response().setStatusCode(404).end("404 page not found\n");
              }
              if (refused != null
                  && request.path().equals("/events/sync")
                  && refused.matcher(body.toString()).find()) {
                return request.response().setStatusCode(status).end("spoiled\n");
              }
              return pass(request, body);
            })
        .onFailure(gone -> request.connection().close());
  }

  private Future<Void> pass(HttpServerRequest request, Buffer body) {
    return client
        .request(
            new RequestOptions()
                .setMethod(request.method())
                .setHost(host)
                .setPort(port)
                .setURI(request.uri()))
        .compose(
            out -> {
              request.headers().forEach((name, value) -> out.headers().set(name, value));
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
                          return request.response().end(bytes);
                        }));
  }

  @Override
  public void close() {
    Blocking.await(vertx.close(), PATIENCE);
  }
}
