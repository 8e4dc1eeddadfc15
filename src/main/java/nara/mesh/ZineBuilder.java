package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.ledger.Query;
import nara.mesh.wire.Zine;

/** Makes this node's zine: what is in its ledger of the last minutes. */
public final class ZineBuilder {
  /** How far back a zine goes that is given in return: the wire contract's five minutes. */
  public static final Duration RESPONSE_SPAN = Duration.ofMinutes(5);

  private final Bus bus;
  private final Identity me;
  private final InstantSource clock;
  private final WorkerExecutor workers;

  public ZineBuilder(Bus bus, Identity me, InstantSource clock, WorkerExecutor workers) {
    this.bus = bus;
    this.me = me;
    this.clock = clock;
    this.workers = workers;
  }

  /** The zine of now as a body; without events when nothing happened in that span. */
  public Future<byte[]> build(Duration span) {
    Instant now = clock.instant();
    Query recent =
        new Query.Slice(
            Event.unixNanos(now.minus(span)) - 1, 0, 1, Query.MAX_EVENTS, Query.Filter.ALL);
    return bus.request(
            LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(recent), Timeouts.PEER_QUERY)
        .compose(
            found ->
                workers.executeBlocking(
                    () -> Zine.write(me, found.events(), now.getEpochSecond()), false));
  }
}
