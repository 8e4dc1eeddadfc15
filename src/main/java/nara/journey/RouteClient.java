package nara.journey;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.CloutResult;
import nara.ledger.LedgerRequest.ComputeClout;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.JourneyTaken;
import nara.mesh.client.MeshRequest.SendFailed;
import nara.mesh.client.MeshRequest.SendJourney;
import nara.social.SocialRequest;
import nara.social.SocialRequest.CloutWeights;

/**
 * Sends a journey to the next nara. When that one does not take it, the journey goes to the next
 * best, up to all of them and the originator: one broken nara must not end the journeys of a
 * network.
 */
final class RouteClient {
  private final Bus bus;
  private final String me;
  private final Scheduler scheduler;

  RouteClient(Bus bus, String me, Scheduler scheduler) {
    this.bus = bus;
    this.me = me;
    this.scheduler = scheduler;
  }

  /** The result of sending a journey. */
  sealed interface SendResult {
    /**
     * A nara took it.
     *
     * @param refusals how many did not take it before
     */
    record Taken(String name, int refusals) implements SendResult {}

    /** Nobody took it, for a reason in a sentence without its end. */
    record Stuck(String reason) implements SendResult {}
  }

  /**
   * Sends the journey.
   *
   * @param wanted whether it still needs to be sent; asked before each further nara
   */
  Future<SendResult> send(Journey journey, BooleanSupplier wanted) {
    return HopKeyClient.neighbours(bus)
        .compose(
            neighbours ->
                cloutOf(Route.unvisited(journey, me, neighbours))
                    .map(clout -> Route.order(journey, me, neighbours, clout)))
        .compose(
            route ->
                route.isEmpty()
                    ? stuck("no naras available")
                    : tryNext(journey.json(), route, 0, "", wanted))
        .otherwise(failure -> new SendResult.Stuck(String.valueOf(failure.getMessage())));
  }

  private Future<Map<String, Double>> cloutOf(List<Neighbour> neighbours) {
    Set<String> names = neighbours.stream().map(Neighbour::name).collect(Collectors.toSet());
    Future<CloutResult> clout =
        bus.request(
            LedgerRequest.ADDRESS,
            new ComputeClout(names, scheduler.instant().getEpochSecond()),
            Timeouts.STATUS);
    Future<CloutWeights> weights =
        bus.request(SocialRequest.ADDRESS, new SocialRequest.WeighClout(names), Timeouts.STATUS)
            .otherwise(new CloutWeights(Map.of()));
    return Future.all(clout, weights)
        .map(both -> weighted(clout.result().byName(), weights.result().byName()))
        // Any order is right; a busy ledger must not end the journey.
        .otherwise(Map.of());
  }

  private static Map<String, Double> weighted(
      Map<String, Double> clout, Map<String, Double> weights) {
    Map<String, Double> weighted = new HashMap<>(clout);
    weighted.replaceAll((name, score) -> score * weights.getOrDefault(name, 1.0));
    return weighted;
  }

  private Future<SendResult> tryNext(
      byte[] json, List<Neighbour> route, int index, String lastFailure, BooleanSupplier wanted) {
    if (index == route.size()) {
      return stuck(lastFailure);
    }
    if (index > 0 && !wanted.getAsBoolean()) {
      return stuck("it is no longer under way");
    }
    Neighbour next = route.get(index);
    return bus.request(
            MeshRequest.ADDRESS,
            new SendJourney(HopKeyClient.peer(next), json, JourneyLimits.RELAY_TIMEOUT),
            Timeouts.LOCAL)
        .compose(
            outcome ->
                switch (outcome) {
                  case JourneyTaken taken ->
                      Future.succeededFuture(new SendResult.Taken(next.name(), index));
                  case SendFailed failed ->
                      tryNext(
                          json,
                          route,
                          index + 1,
                          "failed to send to %s: %s"
                              .formatted(SafeText.excerpt(next.name()), failed.reason()),
                          wanted);
                });
  }

  private static Future<SendResult> stuck(String reason) {
    return Future.succeededFuture(new SendResult.Stuck(reason));
  }
}
