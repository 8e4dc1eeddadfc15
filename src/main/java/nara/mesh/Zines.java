package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import nara.bus.Bus;
import nara.event.Event;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.ledger.Query;

/** Makes this node's zine: what is in its ledger of the last minutes. */
final class Zines {
  /** How far back a zine goes that is given in return: the wire contract's five minutes. */
  static final Duration SPAN = Duration.ofMinutes(5);

  private final Bus bus;
  private final Identity me;
  private final InstantSource clock;
  private final WorkerExecutor workers;

  Zines(Bus bus, Identity me, InstantSource clock, WorkerExecutor workers) {
    this.bus = bus;
    this.me = me;
    this.clock = clock;
    this.workers = workers;
  }

  /** The zine of now as a body; without events when nothing happened in that span. */
  Future<byte[]> make(Duration span) {
    Instant now = clock.instant();
    Query recent =
        new Query.Slice(Event.nanos(now.minus(span)) - 1, 0, 1, Query.MOST, Query.Filter.ALL);
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Ask(recent), MeshLimits.LEDGER_TIME)
        .compose(
            found ->
                workers.executeBlocking(
                    () -> Zine.write(me, found.events(), now.getEpochSecond()), false));
  }
}
