package nara.status;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import nara.bus.Bus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the node's status: every minute while it starts or recovers, and every ten minutes after.
 *
 * <p>The times are real ones, for a log is read by people.
 */
public final class StatusLogVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(StatusLogVerticle.class);
  private static final long MINUTE_MILLIS = 60_000;
  private static final int IDLE_MINUTES = 10;

  private final NodeFacts facts;

  private NodeStatusReader reader;
  private Optional<NodeStatus> before = Optional.empty();
  private int silentMinutes;

  public StatusLogVerticle(NodeFacts facts) {
    this.facts = facts;
  }

  @Override
  public Future<?> start() {
    reader = new NodeStatusReader(Bus.of(vertx), facts);
    vertx.setPeriodic(MINUTE_MILLIS, minute -> onMinute());
    return Future.succeededFuture();
  }

  /** The level may change while the node runs. */
  private void onMinute() {
    if (LOG.isInfoEnabled()) {
      reader.read().onSuccess(this::onRead);
    }
  }

  private void onRead(NodeStatus status) {
    // A start that takes a minute reads a large snapshot.
    boolean underWay = !status.recovery().map(current -> current.finished()).orElse(false);
    silentMinutes++;
    if (underWay || silentMinutes >= IDLE_MINUTES) {
      silentMinutes = 0;
      Runtime runtime = Runtime.getRuntime();
      long memory = runtime.totalMemory() - runtime.freeMemory();
      LOG.info("Status; {}", StatusLine.of(status, before, memory));
      before = Optional.of(status);
    }
  }
}
