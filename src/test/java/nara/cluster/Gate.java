package nara.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;

/** Where requests to neighbours wait, so that a test decides how far a recovery is. */
final class Gate {
  private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
  private int allowed;
  private int asked;

  /** A turn at the gate; for many threads. */
  synchronized Future<Void> turn() {
    asked++;
    if (allowed > 0) {
      allowed--;
      return Future.succeededFuture();
    }
    Promise<Void> turn = Promise.promise();
    waiting.add(turn);
    return turn.future();
  }

  /** Lets so many more pass. */
  synchronized void let(int more) {
    allowed += more;
    while (allowed > 0 && !waiting.isEmpty()) {
      allowed--;
      waiting.poll().complete();
    }
  }

  /** Lets everybody pass from now on. */
  void open() {
    let(1_000_000);
  }

  /** How many wait. */
  synchronized int held() {
    return waiting.size();
  }

  /** How many have come, in all. */
  synchronized int asked() {
    return asked;
  }
}
