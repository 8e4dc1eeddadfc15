package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import nara.identity.Identity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs, packs and sends replies. Hashing, signing and packing are done on workers; the signature
 * is over the body as it is before it is packed.
 */
final class ReplySender {
  private static final Logger LOG = LoggerFactory.getLogger(ReplySender.class);

  private final Identity me;
  private final InstantSource clock;
  private final boolean gzip;
  private final WorkerExecutor workers;

  ReplySender(Identity me, InstantSource clock, boolean gzip, WorkerExecutor workers) {
    this.me = me;
    this.clock = clock;
    this.gzip = gzip;
    this.workers = workers;
  }

  /** A reply as it goes out. */
  private record Parcel(
      Reply reply, Optional<SignedHeaders> signature, byte[] body, boolean packed) {}

  /**
   * Sends a reply when it is there; one that cannot be had becomes a 503.
   *
   * @param signed whether the request was behind the signature check
   */
  void send(HttpServerRequest request, boolean signed, Future<Reply> reply) {
    boolean packable = gzip && acceptsGzip(request);
    reply
        .otherwise(
            failure -> {
              LOG.warn("{} could not be answered: {}", request.path(), failure.toString());
              return Reply.text(503, "Not available");
            })
        .compose(ready -> parcel(ready, signed, packable && packs(ready)))
        .onSuccess(parcel -> send(request.response(), parcel))
        .onFailure(
            defect -> {
              LOG.error("{} could not be answered", request.path(), defect);
              request.connection().close();
            });
  }

  private Future<Parcel> parcel(Reply reply, boolean signed, boolean packed) {
    if (!signed && !packed) {
      return Future.succeededFuture(new Parcel(reply, Optional.empty(), reply.body(), false));
    }
    return workers.executeBlocking(
        () -> {
          Optional<SignedHeaders> signature =
              signed
                  ? Optional.of(ResponseSignature.sign(me, clock.instant(), reply.body()))
                  : Optional.empty();
          byte[] body = packed ? Gzip.pack(reply.body()) : reply.body();
          return new Parcel(reply, signature, body, packed);
        },
        false);
  }

  private static void send(HttpServerResponse response, Parcel parcel) {
    if (response.closed()) {
      return;
    }
    Reply reply = parcel.reply();
    response.setStatusCode(reply.status()).putHeader("Content-Type", reply.contentType());
    reply.headers().forEach(response::putHeader);
    parcel.signature().ifPresent(signature -> signature.putInto(response.headers()));
    if (parcel.packed()) {
      response.putHeader("Content-Encoding", Gzip.CODING).putHeader("Vary", "Accept-Encoding");
    }
    response
        .end(Buffer.buffer(parcel.body()))
        .onFailure(gone -> LOG.debug("an answer was not taken: {}", gone.toString()));
  }

  private static boolean packs(Reply reply) {
    return reply.body().length >= MeshLimits.GZIP_FROM_BYTES;
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
