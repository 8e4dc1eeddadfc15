package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nara.bounds.LogOnce;
import nara.mesh.MeshNode;
import nara.mesh.wire.Body;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs, compresses and sends responses. Workers hash, sign and compress; the signature covers the
 * uncompressed body.
 *
 * <p>Lives on one event loop.
 */
final class ResponseSender {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseSender.class);

  private final MeshNode node;
  private final WorkerExecutor workers;
  private final LogOnce failures = new LogOnce(LOG::warn);

  ResponseSender(MeshNode node, WorkerExecutor workers) {
    this.node = node;
    this.workers = workers;
  }

  /** A response as it is on the wire. */
  private record EncodedResponse(
      MeshResponse response, Optional<SignatureHeaders> signature, Body body, boolean compressed) {}

  /**
   * Sends a response when it is ready. A failed one becomes a 503.
   *
   * @param signed whether the sender of the request is authenticated
   * @return completes when the response is sent, or the connection has failed
   */
  Future<Void> send(HttpServerRequest request, boolean signed, Future<MeshResponse> reply) {
    boolean gzipAccepted = node.config().gzip() && acceptsGzip(request);
    return reply
        .otherwise(
            failure -> {
              // Peers choose how often they send requests: one line until the cause changes.
              failures.log(
                  failure.toString(),
                  "Cannot serve a request, responding 503 path=%s cause=%s"
                      .formatted(request.path(), failure));
              return MeshResponse.text(503, "Not available");
            })
        .compose(ready -> encode(ready, signed, gzipAccepted))
        .onFailure(
            defect -> {
              String path = request.path();
              LOG.error("Cannot encode a response, closing the connection path={}", path, defect);
              request.connection().close();
            })
        .compose(encoded -> send(request.response(), encoded))
        // The peer has hung up.
        .otherwiseEmpty();
  }

  private Future<EncodedResponse> encode(
      MeshResponse response, boolean signed, boolean gzipAccepted) {
    boolean compressed = gzipAccepted && response.body().length() >= MeshLimits.GZIP_FROM_BYTES;
    if (!signed && !compressed) {
      return Future.succeededFuture(
          new EncodedResponse(response, Optional.empty(), response.body(), false));
    }
    return workers.executeBlocking(
        () -> {
          Optional<SignatureHeaders> signature =
              signed
                  ? Optional.of(
                      ResponseSignature.sign(node.me(), node.clock().instant(), response.body()))
                  : Optional.empty();
          Body body = compressed ? Body.of(Gzip.compress(response.body())) : response.body();
          return new EncodedResponse(response, signature, body, compressed);
        },
        false);
  }

  private static Future<Void> send(HttpServerResponse http, EncodedResponse encoded) {
    if (http.closed()) {
      return Future.succeededFuture();
    }
    MeshResponse response = encoded.response();
    http.setStatusCode(response.status()).putHeader("Content-Type", response.contentType());
    response.headers().forEach(http::putHeader);
    encoded.signature().ifPresent(signature -> signature.addTo(http.headers()));
    if (encoded.compressed()) {
      http.putHeader("Content-Encoding", Gzip.CODING).putHeader("Vary", "Accept-Encoding");
    }
    List<byte[]> pieces = encoded.body().pieces();
    http.putHeader("Content-Length", Integer.toString(encoded.body().length()));
    pieces.subList(0, pieces.size() - 1).forEach(piece -> http.write(Buffer.buffer(piece)));
    return http.end(Buffer.buffer(pieces.getLast()));
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
