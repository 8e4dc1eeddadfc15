package nara.discovery;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import nara.bus.Scheduler;
import nara.mesh.client.BoundedWebClient;
import nara.mesh.client.Exchange;

/**
 * Asks the local Tailscale daemon for the machines of its network, over its Unix socket.
 *
 * <p>The daemon is trusted no more than a peer: the size and the time of its response are bounded.
 */
public final class TailscaleClient {
  /** Bytes of a response; a machine takes about 1 kB. */
  static final int MAX_RESPONSE_BYTES = 4 << 20;

  /** The daemon is on this machine: after this time it is stuck. */
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private static final String HOST = "local-tailscaled.sock";
  // Not used to connect: with it, the Host header is the bare host that the daemon expects.
  private static final int HTTP_PORT = 80;
  private static final String PATH = "/localapi/v0/status";

  private final Vertx vertx;
  private final BoundedWebClient http;
  private final String socket;

  /** This machine's address in its Tailscale network; empty when the daemon tells none now. */
  public static Future<String> ownHost(Vertx vertx, String socket) {
    TailscaleClient client = new TailscaleClient(vertx, socket);
    return client.fetchStatus().map(TailscaleStatus::own).eventually(client::close);
  }

  /** A client of the daemon that listens at that path. */
  TailscaleClient(Vertx vertx, String socket) {
    this.vertx = vertx;
    this.socket = socket;
    this.http = new BoundedWebClient(vertx, Scheduler.system(), TIMEOUT, 1);
  }

  /** Sends one request. The Future never fails: the status holds the error. */
  Future<TailscaleStatus> fetchStatus() {
    return Future.succeededFuture()
        .compose(start -> send())
        .compose(
            response ->
                response.status() == 200
                    ? vertx.executeBlocking(() -> TailscaleStatus.parse(response.body()), false)
                    : Future.failedFuture("it responds with status " + response.status()))
        .otherwise(
            failure ->
                TailscaleStatus.failed(
                    "cannot query the Tailscale daemon at %s: %s"
                        .formatted(socket, failure.getMessage())));
  }

  private Future<Exchange.RawResponse> send() {
    RequestOptions request =
        new RequestOptions()
            .setServer(SocketAddress.domainSocketAddress(socket))
            .setHost(HOST)
            .setPort(HTTP_PORT)
            .setMethod(HttpMethod.GET)
            .setURI(PATH)
            .putHeader("Connection", "close");
    Exchange exchange = http.send(request, Buffer.buffer(), MAX_RESPONSE_BYTES, TIMEOUT);
    return exchange
        .future()
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(ended -> exchange.close());
  }

  /** Ends the requests in flight. */
  Future<Void> close() {
    return http.close();
  }
}
