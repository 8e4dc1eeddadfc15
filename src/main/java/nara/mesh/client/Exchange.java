package nara.mesh.client;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.client.impl.ClientPhase;
import io.vertx.ext.web.client.impl.HttpContext;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.bus.Scheduler;
import nara.mesh.wire.GoDuration;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;

/**
 * One request and its response, with a server that may do anything. It counts the bytes of the body
 * as they arrive, and ends when the server sends nothing, or hardly anything, for the stall
 * timeout. It has no deadline: the caller aborts it.
 *
 * <p>The web client pipes the body into this stream. It shows the connection and the head only to
 * an interceptor, so that one passes them on. Lives on one event loop.
 */
public final class Exchange implements BodyCodec<Void>, WriteStream<Buffer> {
  /**
   * A response as it was on the wire.
   *
   * @param body compressed, when the headers say so
   * @param receivedAt when the head arrived
   * @param elapsed from sending the request to the last byte
   */
  public record RawResponse(
      int status, MultiMap headers, byte[] body, Instant receivedAt, Duration elapsed) {
    /** The body without compression. Not for an event loop. */
    byte[] decompressed(int maxBytes) throws MeshException {
      return Gzip.CODING.equalsIgnoreCase(headers.get(HttpHeaders.CONTENT_ENCODING))
          ? Gzip.decompress(body, maxBytes)
          : body;
    }
  }

  private final Vertx vertx;
  private final Scheduler clock;
  private final LargeResponses largeResponses;
  private final Duration stallTimeout;
  private final int maxBytes;
  private final ConnectFailures connectFailures;

  private final Promise<RawResponse> promise = Promise.promise();
  private Optional<HttpClientRequest> request = Optional.empty();
  private HttpClientResponse head;
  private Instant receivedAt;

  /** 0 when the server declares no length. */
  private long declaredLength;

  /** The bytes so far; longer than {@link #length} while it grows. */
  private byte[] body = {};

  private int length;

  /** The bytes that it has taken of the room for large responses. */
  private long roomTaken;

  private long sentAt;
  private long lastByteAt;

  /** Start of the window in which {@link MeshLimits#MIN_PROGRESS_BYTES} bytes must arrive. */
  private long windowStart;

  private int windowBytes;
  private boolean ended;

  Exchange(
      Vertx vertx,
      Scheduler clock,
      LargeResponses largeResponses,
      Duration stallTimeout,
      int maxBytes,
      ConnectFailures connectFailures) {
    this.connectFailures = connectFailures;
    this.vertx = vertx;
    this.largeResponses = largeResponses;
    this.clock = clock;
    this.stallTimeout = stallTimeout;
    this.maxBytes = maxBytes;
  }

  /** The response of any status; the failure is always a {@link MeshException}. */
  public Future<RawResponse> future() {
    return promise.future();
  }

  /** Ends the exchange and closes its connection, unless it has ended. */
  public void abort() {
    fail(MeshFailure.STALLED, "given up");
  }

  /** Aborts it, and gives back the room of the response, which nobody reads any more. */
  public void close() {
    abort();
    largeResponses.release(roomTaken);
    roomTaken = 0;
  }

  static void intercept(HttpContext<?> context) {
    if (context.request().bodyCodec() instanceof Exchange exchange) {
      if (context.phase() == ClientPhase.SEND_REQUEST) {
        exchange.onConnected(context.clientRequest());
      } else if (context.phase() == ClientPhase.RECEIVE_RESPONSE) {
        exchange.onHead(context.clientResponse());
      }
      if (exchange.ended && context.phase() != ClientPhase.FAILURE) {
        context.fail(new IllegalStateException("the exchange has ended"));
        return;
      }
    }
    context.next();
  }

  private void onConnected(HttpClientRequest connected) {
    request = Optional.of(connected);
    // Without a handler, Vert.x logs a request that is given up as an error.
    connected.exceptionHandler(this::onFailure);
    if (!ended) {
      connected.connection().exceptionHandler(this::onFailure);
      sentAt = clock.nanoTime();
      lastByteAt = sentAt;
      scheduleStallCheck(stallTimeout.toNanos());
    }
  }

  private void onHead(HttpClientResponse response) {
    lastByteAt = clock.nanoTime();
    windowStart = lastByteAt;
    head = response;
    receivedAt = clock.instant();
    declaredLength = declaredLength(response);
    response.exceptionHandler(this::onFailure);
    if (head.statusCode() == 200 && declaredLength > maxBytes) {
      fail(MeshFailure.TOO_LARGE, "announces more than the " + maxBytes + " bytes allowed");
    }
  }

  private static long declaredLength(HttpClientResponse response) {
    String declared = response.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return declared == null ? 0 : Long.parseLong(declared.trim());
    } catch (NumberFormatException notANumber) {
      // The bytes are counted anyway.
      return 0;
    }
  }

  @Override
  public Future<Void> write(Buffer chunk) {
    if (!ended) {
      onProgress(chunk.length());
    }
    if (ended) {
      return Future.succeededFuture();
    }
    if (head.statusCode() != 200) {
      onErrorBytes(chunk);
    } else if (chunk.length() > maxBytes - length) {
      fail(MeshFailure.TOO_LARGE, "more than the " + maxBytes + " bytes allowed");
    } else if (!takeRoom(Math.max(declaredLength, length + chunk.length()))) {
      fail(MeshFailure.TOO_LARGE, "no room beside the other large responses");
    } else {
      append(chunk, chunk.length(), declaredLength);
    }
    return Future.succeededFuture();
  }

  private boolean takeRoom(long bytes) {
    if (bytes > roomTaken) {
      if (!largeResponses.grow(roomTaken, bytes)) {
        return false;
      }
      roomTaken = bytes;
    }
    return true;
  }

  /** Each stall timeout must bring some bytes: a few now and then are no progress. */
  private void onProgress(int bytes) {
    lastByteAt = clock.nanoTime();
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

  /** The start of an error's text is enough, however long it is. */
  private void onErrorBytes(Buffer chunk) {
    append(chunk, Math.min(chunk.length(), MeshLimits.ERROR_BYTES - length), 0);
    if (length == MeshLimits.ERROR_BYTES) {
      finish();
      request.ifPresent(HttpClientRequest::reset);
    }
  }

  /**
   * Adds bytes to the body. The declared length gives the array its size at once: the server may
   * lie, but it has taken this room already.
   */
  private void append(Buffer chunk, int bytes, long declared) {
    if (length + bytes > body.length) {
      long doubled = Math.min(2L * body.length, maxBytes);
      body = Arrays.copyOf(body, (int) Math.max(length + bytes, Math.max(declared, doubled)));
    }
    chunk.getBytes(0, bytes, body, length);
    length += bytes;
  }

  void finish() {
    if (endOnce()) {
      Duration elapsed = Duration.ofNanos(clock.nanoTime() - sentAt);
      byte[] whole = length == body.length ? body : Arrays.copyOf(body, length);
      promise.complete(
          new RawResponse(head.statusCode(), head.headers(), whole, receivedAt, elapsed));
    }
  }

  private void scheduleStallCheck(long nanos) {
    vertx.setTimer(Math.max(1, nanos / 1_000_000), due -> checkStall());
  }

  private void checkStall() {
    if (ended) {
      return;
    }
    long silent = clock.nanoTime() - lastByteAt;
    if (silent >= stallTimeout.toNanos()) {
      fail(MeshFailure.STALLED, "no byte for " + GoDuration.format(stallTimeout));
    } else {
      scheduleStallCheck(stallTimeout.toNanos() - silent);
    }
  }

  void onFailure(Throwable failure) {
    if (request.isEmpty()) {
      fail(MeshFailure.UNREACHABLE, connectFailures.reason(failure));
      return;
    }
    String message = SafeText.excerpt(String.valueOf(failure.getMessage()));
    switch (failure) {
      case TooLongFrameException tooLong ->
          fail(MeshFailure.TOO_LARGE, "headers over the size allowed");
      case HttpClosedException closed -> fail(MeshFailure.CUT_OFF, "the connection was closed");
      case IOException lost -> fail(MeshFailure.CUT_OFF, "the connection was lost: " + message);
      default -> fail(MeshFailure.MALFORMED, "no HTTP response: " + message);
    }
  }

  private void fail(MeshFailure failure, String reason) {
    if (endOnce()) {
      promise.fail(new MeshException(failure, reason));
      request.ifPresent(HttpClientRequest::reset);
    }
  }

  private boolean endOnce() {
    if (ended) {
      return false;
    }
    ended = true;
    // The connection stays open for other requests; its handler would keep this exchange in memory.
    request.ifPresent(sent -> sent.connection().exceptionHandler(null));
    return true;
  }

  // The rest of a codec and its stream: the stream never waits, the web client sees the end.

  @Override
  public BodyStream<Void> stream() throws Exception {
    return BodyCodec.pipe(this).stream();
  }

  @Override
  public Future<Void> end() {
    return Future.succeededFuture();
  }

  @Override
  public Exchange exceptionHandler(Handler<Throwable> handler) {
    return this;
  }

  @Override
  public Exchange setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return false;
  }

  @Override
  public Exchange drainHandler(Handler<Void> handler) {
    return this;
  }
}
