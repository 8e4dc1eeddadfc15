package nara.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deploys parts in order, and undeploys them in reverse order, each under a timeout. */
final class Deployments {
  private static final Logger LOG = LoggerFactory.getLogger(Deployments.class);

  private record Deployed(String name, String id, Duration stopTimeout) {}

  private final Vertx vertx;
  private final Deque<Deployed> deployed = new ArrayDeque<>();

  Deployments(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Deploys the enabled parts, one after the other. */
  Future<?> deploy(List<Part> parts) {
    Future<?> previous = Future.succeededFuture();
    for (Part part : parts) {
      if (part.enabled()) {
        previous = previous.compose(started -> deploy(part));
      }
    }
    return previous;
  }

  private Future<?> deploy(Part part) {
    return part.afterStart()
        .apply(
            vertx
                .deployVerticle(part.verticle().get(), part.options())
                .onSuccess(id -> deployed.push(new Deployed(part.name(), id, part.stopTimeout()))));
  }

  /** The number of deployed parts. */
  int count() {
    return deployed.size();
  }

  /** Undeploys the newest parts until {@code count} are left. */
  Future<?> undeployDownTo(int count) {
    if (deployed.size() <= count) {
      return Future.succeededFuture();
    }
    Deployed newest = deployed.pop();
    return vertx
        .undeploy(newest.id())
        .timeout(newest.stopTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(
            failure ->
                LOG.warn(
                    "A verticle did not stop, continuing with the next one; verticle={} reason={}",
                    newest.name(),
                    failure instanceof TimeoutException
                        ? "it has not stopped in time"
                        : failure.toString()))
        .transform(undeployed -> undeployDownTo(count));
  }
}
