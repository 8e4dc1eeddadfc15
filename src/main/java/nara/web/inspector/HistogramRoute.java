package nara.web.inspector;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.OptionalLong;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.ledger.InspectionRequest;
import nara.ledger.InspectionRequest.CountByTime;
import nara.ledger.InspectionRequest.TimeCounts;
import nara.web.http.ReadRoutes;

/** How many events of each service the ledger has over time. */
public final class HistogramRoute {
  private static final int DEFAULT_SPANS = 60;

  private final Bus bus;

  public HistogramRoute(Vertx vertx) {
    this.bus = Bus.of(vertx);
  }

  public void addTo(ReadRoutes routes) {
    routes.get("/ledger/histogram", this::count);
  }

  private Future<?> count(RoutingContext context) {
    CountByTime request =
        new CountByTime(
            time(context, "after"),
            time(context, "before"),
            (int)
                ReadRoutes.number(context, "spans", DEFAULT_SPANS, 1, InspectionRequest.MAX_SPANS));
    return bus.request(InspectionRequest.ADDRESS, request, Timeouts.STATUS)
        .map(HistogramRoute::json);
  }

  private static OptionalLong time(RoutingContext context, String key) {
    return ReadRoutes.parameter(context, key).isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(ReadRoutes.number(context, key, 0, Long.MIN_VALUE, Long.MAX_VALUE));
  }

  /** Nanoseconds do not fit into the numbers of JavaScript. */
  private static JsonObject json(TimeCounts counts) {
    JsonObject services = new JsonObject();
    counts
        .byService()
        .forEach((service, each) -> services.put(service.wireName(), new JsonArray(each)));
    return new JsonObject()
        .put("start_seconds", counts.startNanos() / 1e9)
        .put("span_seconds", counts.spanNanos() / 1e9)
        .put("services", services);
  }
}
