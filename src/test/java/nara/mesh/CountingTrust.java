package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import nara.bus.Bus;
import nara.trust.TrustRequest;

/** Stands where trust does, takes every event for new, and remembers what was offered. */
final class CountingTrust extends VerticleBase {
  final List<TrustRequest.Offer> offers = new CopyOnWriteArrayList<>();

  @Override
  public Future<?> start() {
    return Bus.of(vertx)
        .serve(TrustRequest.ADDRESS, TrustRequest.class, this::onRequest)
        .completion();
  }

  private Future<TrustRequest.Offered> onRequest(TrustRequest<?> request) {
    TrustRequest.Offer offer = (TrustRequest.Offer) request;
    offers.add(offer);
    int count = offer.events().size();
    return Future.succeededFuture(
        new TrustRequest.Offered(count, count, 0, 0, 0, 0, Map.of(), Set.of()));
  }
}
