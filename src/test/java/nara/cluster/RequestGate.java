package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;

/** Where requests to neighbours wait, so that a test decides how far a recovery is. */
final class RequestGate {
  private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
  private int permits;
  private int requests;

  /** A turn at the gate; for many threads. */
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

  /** Lets so many more pass. */
  synchronized void permit(int more) {
    permits += more;
    while (permits > 0 && !waiting.isEmpty()) {
      permits--;
      waiting.poll().complete();
    }
  }

  /** Lets everybody pass from now on. */
  void open() {
    permit(1_000_000);
  }

  /** How many wait. */
  synchronized int waitingCount() {
    return waiting.size();
  }

  /** How many have come, in all. */
  synchronized int requestCount() {
    return requests;
  }
}
