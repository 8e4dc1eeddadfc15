package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import nara.bounds.LogOnce;
import nara.bus.BusFailure;
import nara.mesh.MeshNode;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.ResponseSignature;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs, compresses and sends responses. Workers hash, sign and compress; the signature covers the
 * uncompressed body. A body is written as fast as the peer reads it.
 *
 * <p>Lives on one event loop.
 */
final class ResponseSender {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseSender.class);

  private final MeshNode node;
  private final WorkerExecutor workers;
  private final Connections connections;
  private final LogOnce failures = new LogOnce(LOG::warn);

  ResponseSender(MeshNode node, WorkerExecutor workers, Connections connections) {
    this.node = node;
    this.workers = workers;
    this.connections = connections;
  }

  /**
   * Sends a response when it is ready. A failed one becomes a 503.
   *
   * @param signed whether the sender of the request is authenticated
   * @param lease of the budget for the response, if it has one; released when it is sent
   * @return completes when the response is sent, or the connection has failed
   */
  Future<Void> send(
      HttpServerRequest request,
      boolean signed,
      Future<MeshResponse> reply,
      Optional<FairBudget.Lease> lease) {
    boolean gzipAccepted = node.config().gzip() && acceptsGzip(request);
    return reply
        .otherwise(
            failure -> {
              // Peers choose how often they send requests: one line until the cause changes.
              if (!BusFailure.isOfStop(failure)) {
                failures.log(
                    failure.toString(),
                    "Cannot serve a request; responding 503; path=%s cause=%s"
                        .formatted(request.path(), failure));
              }
              return MeshResponse.text(503, "Not available");
            })
        .compose(ready -> encode(ready, signed, gzipAccepted))
        .onFailure(
            defect -> {
              if (!(defect instanceof RejectedExecutionException)) {
                String path = request.path();
                LOG.error(
                    "Cannot encode a response; closing the connection; path={}", path, defect);
              }
              // Otherwise the server is stopping.
              request.connection().close();
            })
        .compose(encoded -> send(request, encoded, lease))
        // The peer has hung up.
        .otherwiseEmpty()
        .onComplete(sent -> lease.ifPresent(FairBudget.Lease::release));
  }

  private Future<MeshResponse> encode(MeshResponse response, boolean signed, boolean gzipAccepted) {
    boolean compressed = gzipAccepted && response.body().length() >= MeshLimits.GZIP_FROM_BYTES;
    if (!signed && !compressed) {
      return Future.succeededFuture(response);
    }
    return workers.executeBlocking(
        () -> {
          MeshResponse encoded = response;
          if (signed) {
            MultiMap headers = MultiMap.caseInsensitiveMultiMap();
            ResponseSignature.sign(node.me(), node.clock().instant(), response.body())
                .addTo(headers);
            encoded = encoded.withHeaders(headers);
          }
          return compressed ? encoded.compressed() : encoded;
        },
        false);
  }

  private Future<Void> send(
      HttpServerRequest request, MeshResponse response, Optional<FairBudget.Lease> lease) {
    HttpServerResponse http = request.response();
    if (http.closed()) {
      return Future.succeededFuture();
    }
    int length = response.body().length();
    lease.ifPresent(
        held -> {
          held.resize(length);
          held.endTurn();
          held.startTransfer();
        });
    connections.onResponseReady(request.connection(), length);
    http.setStatusCode(response.status()).putHeader("Content-Type", response.contentType());
    response.headers().forEach(http::putHeader);
    http.putHeader("Content-Length", Integer.toString(length));
    Iterator<byte[]> pieces = response.body().pieces().iterator();
    Promise<Void> sent = Promise.promise();
    http.exceptionHandler(sent::tryFail);
    http.closeHandler(closed -> sent.tryComplete());
    http.setWriteQueueMaxSize(ServerLimits.WRITE_QUEUE_BYTES);
    http.drainHandler(drained -> write(http, pieces, lease, sent));
    write(http, pieces, lease, sent);
    return sent.future();
  }

  /** Writes pieces until the queue of the connection is full. */
  private static void write(
      HttpServerResponse http,
      Iterator<byte[]> pieces,
      Optional<FairBudget.Lease> lease,
      Promise<Void> sent) {
    while (pieces.hasNext() && !http.closed() && !http.writeQueueFull()) {
      byte[] piece = pieces.next();
      Buffer buffer = Buffer.buffer(piece);
      Future<Void> written = pieces.hasNext() ? http.write(buffer) : http.end(buffer);
      lease.ifPresent(held -> written.onSuccess(done -> held.addTransferred(piece.length)));
      if (!pieces.hasNext()) {
        written.onComplete(sent);
      }
    }
  }

  /** Whether the request accepts gzip with a weight above 0. */
  private static boolean acceptsGzip(HttpServerRequest request) {
    String accepted = request.getHeader("Accept-Encoding");
    return accepted != null
        && Arrays.stream(accepted.toLowerCase(Locale.ROOT).replace(" ", "").split(","))
            .filter(coding -> coding.equals("gzip") || coding.startsWith("gzip;q="))
            .anyMatch(coding -> !coding.matches("gzip;q=0(\\.0*)?"));
  }
}
