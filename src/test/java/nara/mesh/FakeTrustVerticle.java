package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import nara.bus.Bus;
import nara.trust.TrustRequest;

/** A trust that counts every event as new and records the offers. */
public final class FakeTrustVerticle extends VerticleBase {
  public final List<TrustRequest.OfferEvents> offers = new CopyOnWriteArrayList<>();

  @Override
  public Future<?> start() {
    return Bus.of(vertx)
        .serve(TrustRequest.ADDRESS, TrustRequest.class, this::onRequest)
        .completion();
  }

  private Future<TrustRequest.OfferResult> onRequest(TrustRequest<?> request) {
    TrustRequest.OfferEvents offerEvents = (TrustRequest.OfferEvents) request;
    offers.add(offerEvents);
    int count = offerEvents.events().size();
    return Future.succeededFuture(
        new TrustRequest.OfferResult(count, count, 0, 0, 0, 0, Map.of(), Set.of()));
  }
}
