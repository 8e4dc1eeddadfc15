package nara.web.reference;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Service;
import nara.ledger.InspectionRequest;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.CloutResult;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.profile.Status;
import nara.status.NodeFacts;
import nara.web.http.ReadRoutes;
import nara.web.http.ReferenceJson;
import nara.web.http.Reply;

/** The pages about naras: {@code /api.json}, {@code /narae.json}, their profiles and statuses. */
public final class NaraRoutes {
  private final Bus bus;
  private final NodeFacts facts;
  private final NetworkReader network;

  public NaraRoutes(Vertx vertx, NodeFacts facts, NetworkReader network) {
    this.bus = Bus.of(vertx);
    this.facts = facts;
    this.network = network;
  }

  public void addTo(ReadRoutes routes) {
    routes.get("/api.json", context -> api());
    routes.get("/narae.json", context -> narae());
    routes.get("/profile/:name.json", this::profile);
    routes.get("/status/:name.json", this::status);
  }

  private Future<?> api() {
    return network
        .all()
        .map(
            all -> {
              JsonArray naras = new JsonArray();
              for (KnownNara nara : all) {
                JsonObject status = StatusFields.of(nara.status(), observations(nara, all));
                Map<String, Object> entry = ReferenceJson.sorted(status);
                entry.put("LastRestart", nara.lastRestart());
                entry.put("LastSeen", nara.lastSeen());
                entry.put("Name", nara.name());
                entry.put("Online", nara.online());
                entry.put("Restarts", nara.restarts());
                entry.put("StartTime", nara.startTime());
                naras.add(entry);
              }
              return withServer("naras", naras);
            });
  }

  /** The observations of this node; other naras publish none. */
  private static JsonObject observations(KnownNara nara, List<KnownNara> all) {
    return nara.isSelf() ? StatusFields.observations(all) : new JsonObject();
  }

  private Future<?> narae() {
    // The reference shows 0 for a nara without clout, so none is needed from a silent ledger.
    Future<Map<String, Double>> clouts =
        bus.request(
                InspectionRequest.ADDRESS,
                new InspectionRequest.RankClout(
                    NetworkReader.MAX_NARAS, facts.clock().instant().getEpochSecond()),
                Timeouts.STATUS)
            .map(CloutResult::byName)
            .otherwise(Map.of());
    Future<List<KnownNara>> known = network.all();
    return Future.all(known, clouts)
        .map(
            both -> {
              JsonArray naras = new JsonArray();
              for (KnownNara nara : known.result()) {
                naras.add(flat(nara, clouts.result().getOrDefault(nara.name(), 0.0)));
              }
              return withServer("naras", naras);
            });
  }

  private static JsonObject flat(KnownNara nara, double clout) {
    Status status = nara.status();
    return new JsonObject()
        .put("Agreeableness", status.personality().agreeableness())
        .put("Aura", status.look().aura().primary())
        .put("AuraSecondary", status.look().aura().secondary())
        .put("Buzz", status.buzz())
        .put("Chattiness", status.chattiness())
        .put("Chill", status.personality().chill())
        .put("Clout", clout)
        .put("Flair", status.look().flair())
        .put("HostStats", StatusFields.of(status.host()))
        .put("ID", status.id())
        .put("LastRestart", nara.lastRestart())
        .put("LastSeen", nara.lastSeen())
        .put("LicensePlate", status.look().licensePlate())
        .put("MemoryBudgetMB", status.memory().budgetMb())
        .put("MemoryMaxEvents", status.memory().maxEvents())
        .put("MemoryMode", status.memory().mode())
        .put("Name", nara.name())
        .put("Online", nara.online())
        .put("PublicUrl", status.publicUrl())
        .put("Restarts", nara.restarts())
        .put("Sociability", status.personality().sociability())
        .put("StartTime", nara.startTime())
        .put("Trend", status.look().trend())
        .put("TrendEmoji", status.look().trendEmoji())
        .put("Uptime", status.uptime())
        .put("event_store_by_service", StatusFields.eventsByService(status))
        .put("event_store_critical", status.eventStore().critical())
        .put("event_store_total", status.eventStore().total());
  }

  private Future<?> status(RoutingContext context) {
    String name = ReadRoutes.name(context);
    if (name.equals(facts.name())) {
      // As in the reference, where the node itself is in no list of neighbours.
      throw new Reply.NotThere("this is the node itself: see /profile/%s.json".formatted(name));
    }
    return found(name).map(nara -> StatusFields.of(nara.status()));
  }

  private Future<KnownNara> found(String name) {
    return network
        .find(name)
        .map(nara -> nara.orElseThrow(() -> new Reply.NotThere("no nara with this name is known")));
  }

  private Future<?> profile(RoutingContext context) {
    String name = ReadRoutes.name(context);
    Future<LedgerStats> stats =
        bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.STATUS);
    Future<Teases> teases = Teases.of(bus, name);
    Future<List<KnownNara>> observed =
        name.equals(facts.name()) ? network.all() : Future.succeededFuture(List.of());
    return found(name)
        .compose(
            nara ->
                Future.all(stats, teases, observed)
                    .map(
                        all ->
                            profile(
                                nara,
                                stats.result(),
                                teases.result(),
                                StatusFields.observations(observed.result()))));
  }

  private static JsonObject profile(
      KnownNara nara, LedgerStats stats, Teases teases, JsonObject observations) {
    Status status = nara.status();
    Map<String, Object> byService = new TreeMap<>();
    for (Service service : stats.byService().keySet()) {
      byService.put(service.wireName(), stats.byService().get(service));
    }
    return new JsonObject()
        .put("aura", StatusFields.of(status.look().aura()))
        .put(
            "best_friends",
            new JsonObject()
                .put("from", friend(teases.mostFrom()))
                .put("to", friend(teases.mostTo())))
        .put("buzz", status.buzz())
        .put("chattiness", status.chattiness())
        .put("event_store_by_service", byService)
        .put("event_store_critical", stats.critical())
        .put("event_store_total", stats.total())
        .put("flair", status.look().flair())
        .put("host_stats", StatusFields.of(status.host()))
        .put("id", status.id())
        .put("last_restart", nara.lastRestart())
        .put("last_seen", nara.lastSeen())
        .put("license_plate", status.look().licensePlate())
        .put("memory_budget_mb", status.memory().budgetMb())
        .put("memory_max_events", status.memory().maxEvents())
        .put("memory_mode", status.memory().mode())
        .put("mesh_enabled", status.meshEnabled())
        .put("mesh_ip", status.meshIp())
        .put("name", nara.name())
        .put("observations", observations)
        .put("online", nara.online())
        .put("personality", StatusFields.of(status.personality()))
        .put("recent_teases", StatusFields.nullIfEmpty(teases.recent()))
        .put("restarts", nara.restarts())
        .put("start_time", nara.startTime())
        .put("transport_mode", status.transportMode())
        .put("trend", status.look().trend())
        .put("trend_emoji", status.look().trendEmoji());
  }

  private static JsonObject friend(Optional<Map.Entry<String, Integer>> friend) {
    return new JsonObject()
        .put("count", friend.map(Map.Entry::getValue).orElse(0))
        .put("name", friend.map(Map.Entry::getKey).orElse(""));
  }

  private JsonObject withServer(String key, Object value) {
    return new JsonObject().put(key, value).put("server", facts.name());
  }
}
