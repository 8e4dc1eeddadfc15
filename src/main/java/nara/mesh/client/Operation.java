package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nara.mesh.wire.GoDuration;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;

/**
 * One thing that is asked of the mesh. It ends once: with its answer, at its deadline, or when this
 * node stops; and whatever it holds then (a socket, a place in the queue) is let go.
 *
 * <p>Lives on one event loop.
 */
final class Operation<T> {
  private final Vertx vertx;
  private final Promise<T> promise = Promise.promise();
  private final List<Runnable> endHandlers = new ArrayList<>();
  private final long deadlineTimer;
  private final Duration stallTimeout;
  private boolean ended;

  /**
   * One that begins now.
   *
   * @param timeout for all of it
   * @param stallTimeout how long a peer may bring nothing, or hardly anything
   */
  Operation(Vertx vertx, Duration timeout, Duration stallTimeout) {
    this.vertx = vertx;
    this.stallTimeout = stallTimeout;
    this.deadlineTimer =
        vertx.setTimer(
            Math.max(1, timeout.toMillis()),
            due -> fail(MeshFailure.STALLED, "not done after " + GoDuration.format(timeout)));
  }

  Future<T> future() {
    return promise.future();
  }

  boolean isEnded() {
    return ended;
  }

  Duration patience() {
    return stallTimeout;
  }

  /** Does something when it ends, or now when it has. */
  void onEnd(Runnable action) {
    if (ended) {
      action.run();
    } else {
      endHandlers.add(action);
    }
  }

  /** The peer has done its part: what is left takes our own time, not the peer's. */
  void cancelDeadline() {
    vertx.cancelTimer(deadlineTimer);
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
    fail(new MeshException(failure, reason));
  }

  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    vertx.cancelTimer(deadlineTimer);
    endHandlers.forEach(Runnable::run);
    endHandlers.clear();
    return true;
  }
}
