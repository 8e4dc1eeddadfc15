package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;

/**
 * Reads the bodies of requests within the budget of the server. A body takes the bytes that it
 * declares, one in chunks takes more as it grows. Small bodies are read at once.
 *
 * <p>Lives on one event loop.
 */
final class BodyReader {
  private static final byte[] NO_BYTES = {};

  private final FairBudget budget;
  private final int maxBytes;
  private final ServerCounts counts;

  /** Reads bodies of at most this many bytes. */
  BodyReader(FairBudget budget, int maxBytes, ServerCounts counts) {
    this.budget = budget;
    this.maxBytes = maxBytes;
    this.counts = counts;
  }

  /** A body, whose bytes stay in the budget until it is released. */
  record ReceivedBody(byte[] bytes, Runnable release) {}

  /** The body is not read; the response says why. */
  static final class BodyRejected extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient MeshResponse response;

    BodyRejected(MeshResponse response) {
      super("status " + response.status(), null, false, false);
      this.response = response;
    }

    MeshResponse response() {
      return response;
    }
  }

  /**
   * Reads a body, of a request that is paused or has just begun. The Future fails with {@link
   * BodyRejected} only.
   */
  Future<ReceivedBody> read(HttpServerRequest request, Requester requester) {
    long declared = declaredLength(request);
    if (declared > maxBytes) {
      return Future.failedFuture(tooLarge());
    }
    Reading reading = new Reading(request, declared);
    if (declared >= 0 && declared <= ServerLimits.SMALL_BODY_BYTES) {
      reading.start();
    } else {
      request.pause();
      // The connection may end while the body waits.
      request.exceptionHandler(reading::onFailure);
      long reserved = declared < 0 ? 2L * ServerLimits.SMALL_BODY_BYTES : declared;
      reading.lease = budget.submit(requester, reserved, reading);
    }
    return reading.promise.future();
  }

  /** 0 without a body, -1 for one in chunks of unknown length. */
  static long declaredLength(HttpServerRequest request) {
    String declared = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (declared == null) {
      return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
    }
    try {
      return Math.max(-1, Long.parseLong(declared.trim()));
    } catch (NumberFormatException notANumber) {
      return -1;
    }
  }

  private static BodyRejected tooLarge() {
    return new BodyRejected(MeshResponse.text(413, "Request body too large"));
  }

  private final class Reading implements FairBudget.Work {
    private final HttpServerRequest request;
    private final long declared;
    private final Promise<ReceivedBody> promise = Promise.promise();

    /** Null for a small body. */
    private FairBudget.Lease lease;

    private byte[] bytes = NO_BYTES;
    private int length;

    private Reading(HttpServerRequest request, long declared) {
      this.request = request;
      this.declared = declared;
    }

    @Override
    public void start(FairBudget.Lease granted) {
      lease = granted;
      if (promise.future().isComplete()) {
        granted.release();
        return;
      }
      granted.startTransfer();
      start();
    }

    private void start() {
      request.handler(this::onChunk);
      request.endHandler(end -> onEnd());
      request.exceptionHandler(this::onFailure);
      if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
        request.response().writeContinue();
      }
      request.resume();
    }

    @Override
    public void refuse() {
      counts.add(ServerCounts.BUSY);
      fail(new BodyRejected(MeshResponse.busy()));
    }

    @Override
    public void cut() {
      counts.add(ServerCounts.SLOW_BODIES);
      bytes = NO_BYTES;
      request.connection().close();
    }

    private void onChunk(Buffer chunk) {
      if (promise.future().isComplete()) {
        return;
      }
      int longer = length + chunk.length();
      if (longer > maxBytes) {
        fail(tooLarge());
      } else if (longer > bytes.length && !grow(longer)) {
        counts.add(ServerCounts.BUSY);
        fail(new BodyRejected(MeshResponse.busy()));
      } else {
        chunk.getBytes(bytes, length);
        length = longer;
        if (lease != null) {
          lease.addTransferred(chunk.length());
        }
      }
    }

    /** Makes the array longer, but not long before the bytes come. */
    private boolean grow(int atLeast) {
      int max = declared < 0 ? maxBytes : (int) declared;
      int doubled = Math.max(2 * bytes.length, ServerLimits.SMALL_BODY_BYTES);
      int size = Math.max(atLeast, Math.min(max, doubled));
      if (declared < 0 && !lease.tryResize(size)) {
        return false;
      }
      bytes = Arrays.copyOf(bytes, size);
      return true;
    }

    private void onEnd() {
      if (lease != null) {
        lease.endTransfer();
        lease.endTurn();
      }
      byte[] all = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
      if (!promise.tryComplete(new ReceivedBody(all, this::release))) {
        release();
      }
    }

    /** The sender hung up or sends no HTTP: that is no error of ours, so it is not logged. */
    private void onFailure(Throwable failure) {
      fail(new BodyRejected(MeshResponse.text(400, "Bad request")));
    }

    private void fail(BodyRejected rejection) {
      bytes = NO_BYTES;
      release();
      promise.tryFail(rejection);
    }

    private void release() {
      if (lease != null) {
        lease.release();
      }
    }
  }
}
