package nara.emit;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import nara.bus.Bus;
import nara.event.Event;
import nara.event.EventWriter;
import nara.event.JsonSpans.Span;
import nara.event.Payload;
import nara.identity.Identity;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.Offered;

/**
 * The one door by which what this node says itself gets into its ledger and out into the network:
 * signed, offered for judging as if a peer had sent it, and, once it is new in the ledger, told at
 * {@link OwnEvent#ADDRESS}. From the ledger it goes on with the next zine and to whoever asks.
 *
 * <p>Any verticle may have one of its own; there is no state in it. A read-only node says nothing:
 * whoever would speak for it does not ask.
 */
public final class OwnEvents {
  /** Who offers, in the counts of the judge. */
  public static final String SOURCE = "self";

  /** One event is judged and merged in milliseconds; behind a large answer, in seconds. */
  private static final Duration OFFER_TIME = Duration.ofMinutes(2);

  private final Bus bus;
  private final Identity me;
  private final InstantSource clock;

  public OwnEvents(Bus bus, Identity me, InstantSource clock) {
    this.bus = bus;
    this.me = me;
    this.clock = clock;
  }

  /** Says something that happens now. */
  public Future<Offered> say(Payload payload) {
    return say(Event.nanos(clock.instant()), payload);
  }

  /**
   * Says something that happened at a time.
   *
   * @param ts Unix nanoseconds
   * @return what became of it, once it is merged; {@code added} is 0 for what was held already and
   *     for what the ledger's limits leave out, and such is not told to others
   */
  public Future<Offered> say(long ts, Payload payload) {
    return offer(payload, EventWriter.signed(me, ts, payload));
  }

  private Future<Offered> offer(Payload payload, byte[] json) {
    return bus.ask(
            TrustRequest.ADDRESS,
            new TrustRequest.Offer(SOURCE, json, List.of(new Span(0, json.length))),
            OFFER_TIME)
        .onSuccess(
            offered -> {
              if (offered.added() > 0) {
                bus.tell(OwnEvent.ADDRESS, new OwnEvent.Made(payload.service(), json));
              }
            });
  }
}
