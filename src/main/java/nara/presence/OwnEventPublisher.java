package nara.presence;

import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.List;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.Payload;
import nara.event.json.EventWriter;
import nara.event.json.JsonSpans.Span;
import nara.identity.Identity;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;

/**
 * The one door by which what this node says itself gets into its ledger and out into the network:
 * signed, offered for judging as if a peer had sent it, and, once it is new in the ledger, told at
 * {@link OwnEvent#ADDRESS}. From the ledger it goes on with the next zine and to whoever asks.
 *
 * <p>Any verticle may have one of its own; there is no state in it. A read-only node says nothing:
 * whoever would speak for it does not ask.
 */
public final class OwnEventPublisher {
  /** Who offers, in the counts of the judge. */
  public static final String SOURCE = "self";

  private final Bus bus;
  private final Identity me;
  private final InstantSource clock;

  public OwnEventPublisher(Bus bus, Identity me, InstantSource clock) {
    this.bus = bus;
    this.me = me;
    this.clock = clock;
  }

  /** Says something that happens now. */
  public Future<OfferResult> publish(Payload payload) {
    return publish(Event.unixNanos(clock.instant()), payload);
  }

  /**
   * Says something that happened at a time.
   *
   * @param ts Unix nanoseconds
   * @return what became of it, once it is merged; {@code added} is 0 for what was held already and
   *     for what the ledger's limits leave out, and such is not told to others
   */
  public Future<OfferResult> publish(long ts, Payload payload) {
    return offer(payload, EventWriter.writeSigned(me, ts, payload));
  }

  private Future<OfferResult> offer(Payload payload, byte[] json) {
    return bus.request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(SOURCE, json, List.of(new Span(0, json.length))),
            Timeouts.MERGE)
        .onSuccess(
            offerResult -> {
              if (offerResult.added() > 0) {
                bus.publish(OwnEvent.ADDRESS, new OwnEvent.Added(payload.service(), json));
              }
            });
  }
}
