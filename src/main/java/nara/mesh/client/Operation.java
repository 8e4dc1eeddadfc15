package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nara.mesh.wire.GoDuration;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;

/**
 * One request to the mesh, with all its exchanges. It ends once: with the result of its work, at
 * its deadline, or when this node stops. It then releases its connection and its place in flight.
 *
 * <p>Lives on one event loop.
 */
final class Operation<T> {
  private final Vertx vertx;
  private final Promise<T> promise = Promise.promise();
  private final List<Runnable> endHandlers = new ArrayList<>();
  private final long deadlineTimer;
  private final Duration stallTimeout;
  private final Function<Operation<T>, Future<T>> work;
  private boolean ended;

  /**
   * An operation whose timeout begins now.
   *
   * @param stallTimeout how long the peer may send nothing, or hardly anything
   * @param work sends the requests, once the operation is started
   */
  Operation(
      Vertx vertx,
      Duration timeout,
      Duration stallTimeout,
      Function<Operation<T>, Future<T>> work) {
    this.vertx = vertx;
    this.stallTimeout = stallTimeout;
    this.work = work;
    this.deadlineTimer =
        vertx.setTimer(
            Math.max(1, timeout.toMillis()),
            due -> fail(MeshFailure.STALLED, "not done after " + GoDuration.format(timeout)));
  }

  void start() {
    // Inside compose, so that an exception of the work fails this operation only.
    Future.succeededFuture()
        .compose(start -> work.apply(this))
        .onSuccess(
            result -> {
              if (end()) {
                promise.complete(result);
              }
            })
        .onFailure(this::fail);
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
