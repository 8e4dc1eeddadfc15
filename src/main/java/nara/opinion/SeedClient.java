package nara.opinion;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nara.bus.Scheduler;
import nara.ledger.LedgerRequest.Opinion;
import nara.mesh.client.BoundedWebClient;
import nara.mesh.client.Exchange;

/** Reads the list of {@link OpinionSeed} from a URL. Size and time are bounded. */
final class SeedClient {
  /** For the whole exchange. */
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final String url;
  private final BoundedWebClient http;

  SeedClient(Vertx vertx, String url) {
    this.vertx = vertx;
    this.url = url;
    this.http = new BoundedWebClient(vertx, Scheduler.system(), TIMEOUT, 1);
  }

  /** The opinions by name. Fails when the list cannot be read. */
  Future<Map<String, Opinion>> fetch(long nowSeconds) {
    return Future.succeededFuture()
        .compose(start -> send())
        .compose(
            response ->
                response.status() == 200
                    ? vertx.executeBlocking(
                        () -> OpinionSeed.read(response.body(), nowSeconds), false)
                    : Future.failedFuture("it responds with status " + response.status()));
  }

  private Future<Exchange.RawResponse> send() {
    RequestOptions request =
        new RequestOptions()
            .setAbsoluteURI(url)
            .setMethod(HttpMethod.GET)
            // The operator named this server, and no other one.
            .setFollowRedirects(false)
            .putHeader("Connection", "close");
    Exchange exchange = http.send(request, Buffer.buffer(), OpinionSeed.MAX_BYTES, TIMEOUT);
    return exchange
        .future()
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(ended -> exchange.close());
  }

  Future<Void> close() {
    return http.close();
  }
}
