package nara.mesh.client;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.mesh.wire.GoDuration;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;

/**
 * One request and its answer, with a peer that may do anything: bytes are counted as they come, a
 * declared length is believed only when it is too large, and silence ends it, or next to it.
 *
 * <p>Lives on one event loop. The deadline is its operation's.
 */
final class Exchange {
  /**
   * An answer as it was on the wire.
   *
   * @param body still packed, when the headers say so
   * @param receivedAt when its head came
   * @param elapsed from sending the request to the last byte
   */
  record RawResponse(
      int status, MultiMap headers, byte[] body, Instant receivedAt, Duration elapsed) {
    boolean isCompressed() {
      return Gzip.CODING.equalsIgnoreCase(headers.get(HttpHeaders.CONTENT_ENCODING));
    }

    /** Its body unpacked. Not for an event loop. */
    byte[] decompressed(int maxBytes) throws MeshException {
      return isCompressed() ? Gzip.decompress(body, maxBytes) : body;
    }
  }

  private final Vertx vertx;
  private final InstantSource clock;
  private final Duration stallTimeout;
  private final int maxBytes;

  private final Promise<RawResponse> promise = Promise.promise();

  /** What came so far; longer than {@link #length} while it grows. */
  private byte[] body = {};

  private int length;
  private Optional<HttpClientRequest> request = Optional.empty();
  private long sentAt;
  private long lastByteAt;

  /** When the time began in which {@link MeshLimits#MIN_PROGRESS_BYTES} bytes must come. */
  private long windowStart;

  private int windowBytes;
  private boolean ended;

  private Exchange(Vertx vertx, InstantSource clock, Duration stallTimeout, int maxBytes) {
    this.vertx = vertx;
    this.clock = clock;
    this.stallTimeout = stallTimeout;
    this.maxBytes = maxBytes;
  }

  /** Sends the request; the failure is always a {@link MeshException}. */
  static Future<RawResponse> run(
      Vertx vertx,
      HttpClient http,
      InstantSource clock,
      Operation<?> operation,
      RequestOptions options,
      Buffer body,
      int maxBytes) {
    Exchange exchange = new Exchange(vertx, clock, operation.patience(), maxBytes);
    operation.onEnd(exchange::abort);
    http.request(options)
        .onSuccess(request -> exchange.onConnected(request, body))
        .onFailure(
            failure ->
                exchange.fail(MeshFailure.UNREACHABLE, "no connection: " + message(failure)));
    return exchange.promise.future();
  }

  private void onConnected(HttpClientRequest connected, Buffer requestBody) {
    // Without one, Vert.x logs a request that is given up as an error.
    connected.exceptionHandler(this::onConnectionError);
    if (ended) {
      connected.reset();
      return;
    }
    request = Optional.of(connected);
    sentAt = System.nanoTime();
    lastByteAt = sentAt;
    scheduleStallCheck(stallTimeout.toNanos());
    connected.connection().exceptionHandler(this::onConnectionError);
    connected.send(requestBody).onSuccess(this::onResponse).onFailure(this::onConnectionError);
  }

  private void onResponse(HttpClientResponse response) {
    lastByteAt = System.nanoTime();
    windowStart = lastByteAt;
    Instant received = clock.instant();
    response.exceptionHandler(this::onConnectionError);
    boolean good = response.statusCode() == 200;
    if (good && declaredLength(response) > maxBytes) {
      fail(MeshFailure.TOO_LARGE, "announces more than the " + maxBytes + " bytes allowed");
      return;
    }
    response.handler(
        chunk -> {
          if (good) {
            onBytes(response, chunk);
          } else {
            onErrorBytes(response, received, chunk);
          }
        });
    response.endHandler(end -> finish(response, received));
  }

  private void onBytes(HttpClientResponse response, Buffer chunk) {
    onProgress(chunk.length());
    if (chunk.length() > maxBytes - length) {
      fail(MeshFailure.TOO_LARGE, "more than the " + maxBytes + " bytes allowed");
    } else if (!ended) {
      append(chunk, chunk.length(), declaredLength(response));
    }
  }

  /** A few bytes now and then are no answer either: each stretch of patience must bring some. */
  private void onProgress(int bytes) {
    lastByteAt = System.nanoTime();
    windowBytes += bytes;
    if (windowBytes >= MeshLimits.MIN_PROGRESS_BYTES) {
      windowStart = lastByteAt;
      windowBytes = 0;
    } else if (lastByteAt - windowStart >= stallTimeout.toNanos()) {
      fail(
          MeshFailure.STALLED,
          "only %d bytes in %s".formatted(windowBytes, GoDuration.format(stallTimeout)));
    }
  }

  /** Of an error only the start is wanted, however long it goes on. */
  private void onErrorBytes(HttpClientResponse response, Instant received, Buffer chunk) {
    onProgress(chunk.length());
    append(chunk, Math.min(chunk.length(), MeshLimits.ERROR_BYTES - length), 0);
    if (length == MeshLimits.ERROR_BYTES) {
      finish(response, received);
      request.ifPresent(HttpClientRequest::reset);
    }
  }

  /**
   * Takes some bytes. For an honest answer the declared length makes it one array that is filled
   * once; of one that is not, no more is believed than {@link MeshLimits#PREALLOCATED_BYTES}.
   */
  private void append(Buffer chunk, int bytes, long declared) {
    if (length + bytes > body.length) {
      long believed = Math.min(declared, MeshLimits.PREALLOCATED_BYTES);
      long doubled = Math.min(2L * body.length, maxBytes);
      body = Arrays.copyOf(body, (int) Math.max(length + bytes, Math.max(believed, doubled)));
    }
    chunk.getBytes(0, bytes, body, length);
    length += bytes;
  }

  private void finish(HttpClientResponse response, Instant received) {
    if (!ended) {
      ended = true;
      detachFromConnection();
      Duration took = Duration.ofNanos(System.nanoTime() - sentAt);
      byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
      promise.complete(
          new RawResponse(response.statusCode(), response.headers(), whole, received, took));
    }
  }

  private void scheduleStallCheck(long nanos) {
    vertx.setTimer(Math.max(1, nanos / 1_000_000), due -> checkStall());
  }

  private void checkStall() {
    if (ended) {
      return;
    }
    long silent = System.nanoTime() - lastByteAt;
    if (silent >= stallTimeout.toNanos()) {
      fail(MeshFailure.STALLED, "no byte for " + GoDuration.format(stallTimeout));
    } else {
      scheduleStallCheck(stallTimeout.toNanos() - silent);
    }
  }

  private void onConnectionError(Throwable failure) {
    switch (failure) {
      case TooLongFrameException tooLong ->
          fail(MeshFailure.TOO_LARGE, "headers over the size allowed");
      case HttpClosedException closed -> fail(MeshFailure.CUT_OFF, "the connection was closed");
      case IOException lost ->
          fail(MeshFailure.CUT_OFF, "the connection was lost: " + message(lost));
      default -> fail(MeshFailure.MALFORMED, "no HTTP answer: " + message(failure));
    }
  }

  private void abort() {
    fail(MeshFailure.STALLED, "given up");
  }

  private void fail(MeshFailure failure, String reason) {
    if (!ended) {
      ended = true;
      detachFromConnection();
      promise.fail(new MeshException(failure, reason));
      request.ifPresent(HttpClientRequest::reset);
    }
  }

  /** The connection is kept for others, and would keep this exchange and its bytes with it. */
  private void detachFromConnection() {
    request.ifPresent(sent -> sent.connection().exceptionHandler(null));
  }

  private static long declaredLength(HttpClientResponse response) {
    String declared = response.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return declared == null ? 0 : Long.parseLong(declared.trim());
    } catch (NumberFormatException notANumber) {
      // Nothing is believed of it anyway: the bytes are counted.
      return 0;
    }
  }

  private static String message(Throwable failure) {
    return SafeText.excerpt(String.valueOf(failure.getMessage()));
  }
}
