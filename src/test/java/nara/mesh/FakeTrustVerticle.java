package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import nara.bus.Bus;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferEvents;

/** A trust that counts every event as new and records the offers. */
public final class FakeTrustVerticle extends VerticleBase {
  public final List<OfferEvents> offers = new CopyOnWriteArrayList<>();

  @Override
  public Future<?> start() {
    return Bus.of(vertx)
        .serve(TrustRequest.ADDRESS, TrustRequest.class, this::onRequest)
        .completion();
  }

  private Future<TrustRequest.OfferResult> onRequest(TrustRequest<?> request) {
    OfferEvents events = (OfferEvents) request;
    offers.add(events);
    int count = events.events().size();
    return Future.succeededFuture(
        new TrustRequest.OfferResult(count, count, 0, 0, 0, 0, Map.of(), Set.of()));
  }
}
