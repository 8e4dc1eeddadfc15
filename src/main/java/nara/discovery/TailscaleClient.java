package nara.discovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks the local Tailscale daemon who is in its network, over its Unix socket.
 *
 * <p>The daemon is trusted no further than a peer: size and time of its answer are bounded, and
 * whatever goes wrong is said in the answer.
 */
final class TailscaleClient {
  /** Bytes of an answer, at most; a machine takes about 1 kB. */
  static final int MAX_RESPONSE_BYTES = 4 << 20;

  /** The daemon is on this machine: longer than this it is stuck. */
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final String HOST = "local-tailscaled.sock";
  // Never connected to: with it, the Host header is the bare host that the daemon expects.
  private static final int HTTP_PORT = 80;
  private static final String PATH = "/localapi/v0/status";

  private final Vertx vertx;
  private final HttpClient httpClient;
  private final RequestOptions statusRequest;
  private final String socket;

  /** A client of the daemon that listens at that path. */
  TailscaleClient(Vertx vertx, String socket) {
    this.vertx = vertx;
    this.socket = socket;
    this.httpClient =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(Math.toIntExact(TIMEOUT.toMillis())));
    this.statusRequest =
        new RequestOptions()
            .setServer(SocketAddress.domainSocketAddress(socket))
            .setHost(HOST)
            .setPort(HTTP_PORT)
            .setMethod(HttpMethod.GET)
            .setURI(PATH);
  }

  /** Asks once. The answer never fails. */
  Future<TailscaleStatus> fetchStatus() {
    return httpClient
        .request(statusRequest)
        .compose(this::send)
        .recover(
            failure ->
                Future.succeededFuture(
                    TailscaleStatus.failed(
                        "the Tailscale daemon at %s cannot be asked: %s"
                            .formatted(socket, failure.getMessage()))));
  }

  private Future<TailscaleStatus> send(HttpClientRequest request) {
    return request
        .send()
        .compose(TailscaleClient::body)
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        // Of a finished exchange this resets nothing.
        .onFailure(failure -> request.reset())
        .compose(
            body -> vertx.executeBlocking(() -> TailscaleStatus.parse(body.getBytes()), false));
  }

  private static Future<Buffer> body(HttpClientResponse response) {
    Promise<Buffer> promise = Promise.promise();
    Buffer received = Buffer.buffer();
    response.handler(
        chunk -> {
          if (received.length() + chunk.length() > MAX_RESPONSE_BYTES) {
            promise.tryFail("its answer is over " + MAX_RESPONSE_BYTES + " bytes");
          } else {
            received.appendBuffer(chunk);
          }
        });
    response.exceptionHandler(promise::tryFail);
    response.endHandler(end -> promise.tryComplete(received));
    if (response.statusCode() != 200) {
      promise.tryFail("it answers with status " + response.statusCode());
    }
    return promise.future();
  }

  /** Ends what is under way. */
  Future<Void> close() {
    return httpClient.close();
  }
}
