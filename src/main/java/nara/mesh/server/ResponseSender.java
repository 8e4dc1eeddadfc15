package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nara.bounds.LogOnce;
import nara.identity.Identity;
import nara.mesh.wire.Body;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs, packs and sends replies. Hashing, signing and packing are done on workers; the signature
 * is over the body as it is before it is packed.
 *
 * <p>Lives on one event loop.
 */
final class ResponseSender {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseSender.class);

  private final Identity me;
  private final InstantSource clock;
  private final boolean gzip;
  private final WorkerExecutor workers;
  private final LogOnce failures = new LogOnce(LOG::warn);

  ResponseSender(Identity me, InstantSource clock, boolean gzip, WorkerExecutor workers) {
    this.me = me;
    this.clock = clock;
    this.gzip = gzip;
    this.workers = workers;
  }

  /** A reply as it goes out. */
  private record EncodedResponse(
      MeshResponse meshResponse,
      Optional<SignatureHeaders> signature,
      Body body,
      boolean compressed) {}

  /**
   * Sends a reply when it is there; one that cannot be had becomes a 503.
   *
   * @param signed whether the request was behind the signature check
   * @return completed when the answer was taken, or will never be
   */
  Future<Void> send(HttpServerRequest request, boolean signed, Future<MeshResponse> reply) {
    boolean packable = gzip && acceptsGzip(request);
    return reply
        .otherwise(
            failure -> {
              // Peers choose how often they ask: a line only when the cause changes.
              failures.log(failure.toString(), "Cannot answer " + request.path() + ": " + failure);
              return MeshResponse.text(503, "Not available");
            })
        .compose(ready -> encode(ready, signed, packable && isWorthCompressing(ready)))
        .onFailure(
            defect -> {
              LOG.error("{} could not be answered", request.path(), defect);
              request.connection().close();
            })
        .compose(encodedResponse -> send(request.response(), encodedResponse))
        // Whoever does not take an answer has gone: there is nobody to tell.
        .otherwiseEmpty();
  }

  private Future<EncodedResponse> encode(
      MeshResponse meshResponse, boolean signed, boolean packed) {
    if (!signed && !packed) {
      return Future.succeededFuture(
          new EncodedResponse(meshResponse, Optional.empty(), meshResponse.body(), false));
    }
    return workers.executeBlocking(
        () -> {
          Optional<SignatureHeaders> signature =
              signed
                  ? Optional.of(ResponseSignature.sign(me, clock.instant(), meshResponse.body()))
                  : Optional.empty();
          Body body = packed ? Body.of(Gzip.compress(meshResponse.body())) : meshResponse.body();
          return new EncodedResponse(meshResponse, signature, body, packed);
        },
        false);
  }

  private static Future<Void> send(HttpServerResponse response, EncodedResponse encodedResponse) {
    if (response.closed()) {
      return Future.succeededFuture();
    }
    MeshResponse meshResponse = encodedResponse.meshResponse();
    response
        .setStatusCode(meshResponse.status())
        .putHeader("Content-Type", meshResponse.contentType());
    meshResponse.headers().forEach(response::putHeader);
    encodedResponse.signature().ifPresent(signature -> signature.addTo(response.headers()));
    if (encodedResponse.compressed()) {
      response.putHeader("Content-Encoding", Gzip.CODING).putHeader("Vary", "Accept-Encoding");
    }
    List<byte[]> pieces = encodedResponse.body().pieces();
    response.putHeader("Content-Length", Integer.toString(encodedResponse.body().length()));
    for (byte[] piece : pieces.subList(0, pieces.size() - 1)) {
      response.write(Buffer.buffer(piece));
    }
    return response.end(Buffer.buffer(pieces.getLast()));
  }

  private static boolean isWorthCompressing(MeshResponse meshResponse) {
    return meshResponse.body().length() >= MeshLimits.GZIP_FROM_BYTES;
  }

  /** Whether gzip is among the accepted codings, and not with the weight 0. */
  private static boolean acceptsGzip(HttpServerRequest request) {
    String accepted = request.getHeader("Accept-Encoding");
    return accepted != null
        && Arrays.stream(accepted.toLowerCase(Locale.ROOT).replace(" ", "").split(","))
            .filter(coding -> coding.equals("gzip") || coding.startsWith("gzip;q="))
            .anyMatch(coding -> !coding.matches("gzip;q=0(\\.0*)?"));
  }
}
