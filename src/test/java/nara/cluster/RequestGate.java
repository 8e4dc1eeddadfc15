package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;

/** Holds requests to neighbours, so that a test controls the progress of a recovery. */
final class RequestGate {
  private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
  private int permits;
  private int requests;

  /** Completes when the request may pass. Safe for many threads. */
  synchronized Future<Void> acquire() {
    requests++;
    if (permits > 0) {
      permits--;
      return Future.succeededFuture();
    }
    Promise<Void> turn = Promise.promise();
    waiting.add(turn);
    return turn.future();
  }

  /** Lets that many more requests pass. */
  synchronized void permit(int more) {
    permits += more;
    while (permits > 0 && !waiting.isEmpty()) {
      permits--;
      waiting.poll().complete();
    }
  }

  /** Lets all requests pass from now on. */
  void open() {
    permit(1_000_000);
  }

  synchronized int waitingCount() {
    return waiting.size();
  }

  /** All requests so far. */
  synchronized int requestCount() {
    return requests;
  }
}
