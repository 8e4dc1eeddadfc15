package nara.web.reference;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import nara.status.NodeFacts;
import nara.web.http.ReadRoutes;

/** Where the naras are: coordinates by round trips, and who is near. */
public final class MapRoutes {
  /** The side of a cell of the neighbourhoods, in milliseconds. */
  private static final double GRID_MILLIS = 50;

  private final NodeFacts facts;
  private final NetworkReader network;

  public MapRoutes(NodeFacts facts, NetworkReader network) {
    this.facts = facts;
    this.network = network;
  }

  public void addTo(ReadRoutes routes) {
    routes.get("/coordinates", context -> coordinates());
    routes.get("/proximity", context -> proximity());
    routes.get("/network/map", context -> map());
  }

  private Future<?> coordinates() {
    return network
        .find(facts.name())
        .map(
            self ->
                new JsonObject()
                    .put("coordinates", self.map(own -> own.status().coordinates()).orElse(null))
                    .put("name", facts.name()));
  }

  /** The neighbours with the own license plate: it is the emoji of a neighbourhood. */
  private Future<?> proximity() {
    return network
        .all()
        .map(
            all -> {
              String plate = own(all).map(self -> self.status().text("LicensePlate")).orElse("");
              JsonArray members = new JsonArray();
              all.stream()
                  .filter(nara -> !nara.isSelf() && !plate.isEmpty())
                  .filter(nara -> nara.status().text("LicensePlate").equals(plate))
                  .forEach(nara -> members.add(nara.name()));
              return new JsonObject()
                  .put("barrio_emoji", plate)
                  .put("barrio_members", NaraStatus.nullIfEmpty(members))
                  .put("grid_size", GRID_MILLIS)
                  .put("server", facts.name());
            });
  }

  private Future<?> map() {
    return network
        .all()
        .map(
            all -> {
              JsonArray nodes = new JsonArray();
              own(all).ifPresent(self -> nodes.add(node(self)));
              all.stream().filter(nara -> !nara.isSelf()).forEach(nara -> nodes.add(node(nara)));
              return new JsonObject().put("nodes", nodes).put("server", facts.name());
            });
  }

  private static Optional<KnownNara> own(List<KnownNara> all) {
    return all.stream().filter(KnownNara::isSelf).findFirst();
  }

  private static JsonObject node(KnownNara nara) {
    JsonObject node = new JsonObject();
    nara.averageMillis().ifPresent(millis -> node.put("avg_rtt", millis));
    return node.put("coordinates", nara.status().coordinates())
        .put("is_self", nara.isSelf())
        .put("name", nara.name())
        .put("online", nara.isOnline());
  }
}
