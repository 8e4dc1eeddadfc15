package nara.mesh;

import io.vertx.core.Future;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferEvents;
import nara.trust.TrustRequest.OfferResult;

/** Offers the events of a peer to trust, for both ends of the mesh. */
public final class EventOffers {
  private EventOffers() {}

  /** Completes when the events are verified and merged. No events cost no request. */
  public static Future<OfferResult> send(Bus bus, OfferEvents offer) {
    return offer.events().isEmpty()
        ? Future.succeededFuture(OfferResult.NONE)
        : bus.request(TrustRequest.ADDRESS, offer, Timeouts.MERGE);
  }
}
