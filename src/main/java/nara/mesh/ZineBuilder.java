package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.Instant;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.ledger.LedgerRequest;
import nara.ledger.Query;
import nara.mesh.wire.Zine;

/** Makes this node's zine: the newest events of its ledger. */
public final class ZineBuilder {
  private final Bus bus;
  private final MeshNode node;
  private final WorkerExecutor workers;

  public ZineBuilder(Bus bus, MeshNode node, WorkerExecutor workers) {
    this.bus = bus;
    this.node = node;
    this.workers = workers;
  }

  /** The body of the zine with the events of that span; there may be none. */
  public Future<byte[]> build(Duration span) {
    Instant now = node.clock().instant();
    Query recent =
        new Query.Slice(
            Event.unixNanos(now.minus(span)) - 1, 0, 1, Query.MAX_EVENTS, Query.Filter.ALL);
    return bus.request(
            LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(recent), Timeouts.PEER_QUERY)
        .compose(
            found ->
                workers.executeBlocking(
                    () -> Zine.write(node.me(), found.events(), now.getEpochSecond()), false));
  }
}
