package nara.presence;

import io.vertx.core.Future;
import java.time.InstantSource;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.Payload;
import nara.event.Service;
import nara.event.json.EventWriter;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;

/**
 * Adds this node's own events to the ledger. It signs an event, offers it to the trust verticle
 * like an event of a peer, and publishes {@link OwnEvent.Added} when the event is new. The next
 * zine and the mesh server carry it from the ledger to other naras.
 *
 * <p>It has no state: each verticle may create one. The caller of a read-only node must not use it.
 */
public record OwnEventPublisher(Bus bus, Identity me, InstantSource clock) {
  /** Publishes an event that happens now. */
  public Future<OfferResult> publish(Payload payload) {
    return publish(Event.unixNanos(clock.instant()), payload);
  }

  /**
   * Publishes an event that happened at {@code ts}, in Unix nanoseconds.
   *
   * @return the result once the event is merged. {@code added} is 0 for a known event, and for an
   *     event that the ledger's limits reject; such an event is not published.
   */
  public Future<OfferResult> publish(long ts, Payload payload) {
    return publish(payload.service(), EventWriter.writeSigned(me, ts, payload));
  }

  /** Publishes a signed event of this node. */
  public Future<OfferResult> publish(Service service, byte[] json) {
    return bus.request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(OfferSource.SELF, RawEvents.of(json)),
            Timeouts.MERGE)
        .onSuccess(
            result -> {
              if (result.added() > 0) {
                bus.publish(OwnEvent.ADDRESS, new OwnEvent.Added(service, json));
              }
            });
  }
}
