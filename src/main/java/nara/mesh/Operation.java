package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that is asked of the mesh. It ends once: with its answer, at its deadline, or when this
 * node stops; and whatever it holds then (a socket, a place in the queue) is let go.
 *
 * <p>Lives on one event loop.
 */
final class Operation<T> {
  private final Vertx vertx;
  private final Promise<T> promise = Promise.promise();
  private final List<Runnable> onEnd = new ArrayList<>();
  private final long deadline;
  private final Duration patience;
  private boolean ended;

  /**
   * One that begins now.
   *
   * @param timeout for all of it
   * @param patience how long a peer may bring nothing, or hardly anything
   */
  Operation(Vertx vertx, Duration timeout, Duration patience) {
    this.vertx = vertx;
    this.patience = patience;
    this.deadline =
        vertx.setTimer(
            Math.max(1, timeout.toMillis()),
            due -> fail(MeshFailure.STALLED, "not done after " + GoDuration.text(timeout)));
  }

  Future<T> future() {
    return promise.future();
  }

  boolean ended() {
    return ended;
  }

  Duration patience() {
    return patience;
  }

  /** Does something when it ends, or now when it has. */
  void onEnd(Runnable action) {
    if (ended) {
      action.run();
    } else {
      onEnd.add(action);
    }
  }

  /** The peer has done its part: what is left takes our own time, not the peer's. */
  void withoutDeadline() {
    vertx.cancelTimer(deadline);
  }

  void succeed(T answer) {
    if (end()) {
      promise.complete(answer);
    }
  }

  void fail(Throwable failure) {
    if (end()) {
      promise.fail(failure);
    }
  }

  void fail(MeshFailure failure, String reason) {
    fail(new MeshTrouble(failure, reason));
  }

  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    vertx.cancelTimer(deadline);
    onEnd.forEach(Runnable::run);
    onEnd.clear();
    return true;
  }
}
