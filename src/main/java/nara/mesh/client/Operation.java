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
 * One request to the mesh, with all its exchanges. It ends once: with its result, at its deadline,
 * or when this node stops. It then releases what it holds: a connection, a place in the queue.
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

  /** An operation that begins now. */
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

  Duration stallTimeout() {
    return stallTimeout;
  }

  /** Runs the action when the operation ends, or now when it has ended. */
  void onEnd(Runnable action) {
    if (ended) {
      action.run();
    } else {
      endHandlers.add(action);
    }
  }

  /** Lets the operation take its time: the peer has done its part, the rest is local work. */
  void cancelDeadline() {
    vertx.cancelTimer(deadlineTimer);
  }

  void succeed(T result) {
    if (end()) {
      promise.complete(result);
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
