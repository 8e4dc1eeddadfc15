package nara.web.reference;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.social.SocialRequest;
import nara.social.SocialRequest.MapNode;
import nara.status.NodeFacts;
import nara.web.http.ReadRoutes;

/** Where the naras are: coordinates by round trips, and who is near. */
public final class MapRoutes {
  private final Bus bus;
  private final NodeFacts facts;

  public MapRoutes(Vertx vertx, NodeFacts facts) {
    this.bus = Bus.of(vertx);
    this.facts = facts;
  }

  public void addTo(ReadRoutes routes) {
    routes.get("/coordinates", context -> coordinates());
    routes.get("/proximity", context -> proximity());
    routes.get("/network/map", context -> map());
  }

  private Future<?> coordinates() {
    return bus.request(SocialRequest.ADDRESS, new SocialRequest.GetOwnStatus(), Timeouts.STATUS)
        .map(
            own ->
                new JsonObject()
                    .put(
                        "coordinates", own.status().coordinate().map(StatusFields::of).orElse(null))
                    .put("name", facts.name()));
  }

  private Future<?> proximity() {
    return bus.request(SocialRequest.ADDRESS, new SocialRequest.GetProximity(), Timeouts.STATUS)
        .map(
            near -> {
              JsonArray members = new JsonArray();
              near.barrioMembers().stream().limit(NetworkReader.MAX_NARAS).forEach(members::add);
              return new JsonObject()
                  .put("barrio_emoji", near.barrioEmoji())
                  .put("barrio_members", StatusFields.nullIfEmpty(members))
                  .put("grid_size", near.gridSize())
                  .put("server", facts.name());
            });
  }

  private Future<?> map() {
    return bus.request(SocialRequest.ADDRESS, new SocialRequest.GetNetworkMap(), Timeouts.STATUS)
        .map(
            map -> {
              JsonArray nodes = new JsonArray();
              map.nodes().stream()
                  .limit(NetworkReader.MAX_NARAS)
                  .forEach(node -> nodes.add(json(node)));
              return new JsonObject().put("nodes", nodes).put("server", facts.name());
            });
  }

  private static JsonObject json(MapNode node) {
    JsonObject json = new JsonObject();
    node.averageRtt().ifPresent(millis -> json.put("avg_rtt", millis));
    json.put("coordinates", node.coordinate().map(StatusFields::of).orElse(null))
        .put("is_self", node.isSelf())
        .put("name", node.name())
        .put("online", node.online());
    node.rttToUs().ifPresent(millis -> json.put("rtt_to_us", millis));
    return json;
  }
}
