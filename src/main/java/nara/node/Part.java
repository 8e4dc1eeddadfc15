package nara.node;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One verticle of a node.
 *
 * @param enabled whether this node has the part
 * @param verticle creates the verticle when its turn comes
 * @param stopTimeout how long it may take to stop before the next part is stopped
 * @param afterStart gets the outcome of the deployment: it may add a step or explain a failure
 */
record Part(
    String name,
    boolean enabled,
    Supplier<? extends Deployable> verticle,
    DeploymentOptions options,
    Duration stopTimeout,
    UnaryOperator<Future<?>> afterStart) {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  static Part of(String name, boolean enabled, Supplier<? extends Deployable> verticle) {
    return new Part(
        name, enabled, verticle, new DeploymentOptions(), STOP_TIMEOUT, UnaryOperator.identity());
  }

  Part with(DeploymentOptions other) {
    return new Part(name, enabled, verticle, other, stopTimeout, afterStart);
  }

  Part stoppingWithin(Duration timeout) {
    return new Part(name, enabled, verticle, options, timeout, afterStart);
  }

  Part then(Supplier<Future<?>> step) {
    return afterStart(start -> afterStart.apply(start).compose(started -> step.get()));
  }

  /** Explains an I/O failure at the start, because the operator can fix its cause. */
  Part explaining(UnaryOperator<String> message) {
    return afterStart(
        start ->
            afterStart
                .apply(start)
                .recover(
                    failure ->
                        Future.failedFuture(
                            failure instanceof IOException
                                ? new NodeStartException(message.apply(failure.getMessage()))
                                : failure)));
  }

  private Part afterStart(UnaryOperator<Future<?>> other) {
    return new Part(name, enabled, verticle, options, stopTimeout, other);
  }
}
