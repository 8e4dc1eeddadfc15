package nara.web.inspector;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Service;
import nara.event.Social;
import nara.ledger.InspectionRequest;
import nara.ledger.InspectionRequest.LastReport;
import nara.ledger.InspectionRequest.SubjectDescription;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.CloutResult;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.Query;
import nara.status.NodeFacts;
import nara.web.http.ReadRoutes;
import nara.web.http.Reply;
import nara.web.http.Reply.BadRequest;
import nara.web.reference.NetworkReader;

/** What follows from the ledger: status, clout, opinion and uptime of naras. */
public final class ProjectionRoutes {
  private static final String BASE = "/api/inspector/";

  /** Events about a nara that one response reads: more than honest naras make of one. */
  private static final int MAX_EVENTS_READ = 5_000;

  /** Source events in one response. */
  private static final int MAX_SOURCES = 500;

  /** As in the reference. */
  private static final int STATUS_SOURCES = 5;

  private final Bus bus;
  private final NodeFacts facts;
  private final NetworkReader network;

  public ProjectionRoutes(Vertx vertx, NodeFacts facts, NetworkReader network) {
    this.bus = Bus.of(vertx);
    this.facts = facts;
    this.network = network;
  }

  public void addTo(ReadRoutes routes) {
    routes.get(BASE + "projections", context -> all());
    routes.get(BASE + "projection/:type/:name", this::one);
    routes.get(BASE + "uptime/:name", this::uptime);
  }

  private Future<?> all() {
    Future<Map<String, SubjectDescription>> described = network.names().compose(network::describe);
    Future<CloutResult> clout = highestClout();
    return Future.all(described, clout)
        .map(
            both -> {
              Map<String, Object> status = new TreeMap<>();
              Map<String, Object> opinions = new TreeMap<>();
              described
                  .result()
                  .forEach(
                      (name, description) -> {
                        opinions.put(name, opinion(description));
                        if (description.lastReport().isPresent()) {
                          status.put(
                              name,
                              status(description)
                                  .put("total_uptime", description.summary().totalUptimeSeconds()));
                        }
                      });
              return new JsonObject()
                  .put("clout", new TreeMap<String, Object>(clout.result().byName()))
                  .put("online_status", status)
                  .put("opinions", opinions);
            });
  }

  private Future<CloutResult> highestClout() {
    return bus.request(
        InspectionRequest.ADDRESS,
        new InspectionRequest.RankClout(NetworkReader.MAX_NARAS, now()),
        Timeouts.STATUS);
  }

  private static JsonObject status(SubjectDescription description) {
    Optional<LastReport> last = description.lastReport();
    return new JsonObject()
        .put("last_event_time", last.map(LastReport::atNanos).orElse(0L))
        .put("last_event_type", last.map(report -> report.service().wireName()).orElse(""))
        .put("observer", last.map(LastReport::observer).orElse(""))
        .put("status", last.isPresent() ? description.summary().status() : "");
  }

  private static JsonObject opinion(SubjectDescription description) {
    int count = description.observations();
    Opinion opinion = description.summary().opinion();
    return new JsonObject()
        .put(
            "consensus",
            count > 5 ? "strong" : count > 2 ? "moderate" : count > 0 ? "weak" : "none")
        .put("last_restart", opinion.lastRestart())
        .put("observation_count", count)
        .put("restart_num", opinion.restarts())
        .put("start_time", opinion.startTime());
  }

  private Future<?> one(RoutingContext context) {
    String name = ReadRoutes.name(context);
    return switch (context.pathParam("type")) {
      case "online_status" -> onlineStatus(name);
      case "clout" -> clout(name);
      case "opinion" -> opinion(name);
      default ->
          throw new BadRequest("unknown projection type: expected online_status, clout or opinion");
    };
  }

  private Future<JsonObject> onlineStatus(String name) {
    Future<SubjectDescription> described = describe(name);
    Future<List<Event>> observations = eventsAbout(name, Service.OBSERVATION);
    return Future.all(described, observations)
        .map(
            both -> {
              JsonObject state = status(described.result());
              JsonArray sources = new JsonArray();
              observations.result().stream()
                  .filter(event -> event.target().equals(name))
                  .limit(STATUS_SOURCES)
                  .forEach(
                      event ->
                          sources.add(
                              new JsonObject()
                                  .put("emitter", event.emitter())
                                  .put("id", event.id().toString())
                                  .put("last_event_type", state.getString("last_event_type"))
                                  .put("service", event.service().wireName())
                                  .put("timestamp", event.ts())));
              return detail("online_status", name, state, sources);
            });
  }

  private Future<JsonObject> clout(String name) {
    Future<CloutResult> clout =
        bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.ComputeClout(Set.of(name), now()),
            Timeouts.STATUS);
    Future<List<Event>> events = eventsAbout(name, Service.SOCIAL);
    return Future.all(clout, events)
        .map(
            both -> {
              JsonArray sources = new JsonArray();
              events.result().stream()
                  .limit(MAX_SOURCES)
                  .forEach(event -> sources.add(source(event, (Social) event.payload())));
              return detail(
                  "clout",
                  name,
                  new JsonObject()
                      .put("clout_score", clout.result().byName().getOrDefault(name, 0.0)),
                  sources);
            });
  }

  private static JsonObject source(Event event, Social social) {
    return new JsonObject()
        .put("actor", social.actor())
        .put("id", event.id().toString())
        .put("reason", social.reason())
        .put("target", social.target())
        .put("timestamp", event.ts())
        .put("type", social.type());
  }

  private Future<JsonObject> opinion(String name) {
    Future<SubjectDescription> described = describe(name);
    Future<List<Event>> events = eventsAbout(name, Service.OBSERVATION);
    return Future.all(described, events)
        .map(
            both -> {
              List<Event> about =
                  events.result().stream()
                      .filter(event -> event.target().equals(name))
                      .limit(MAX_SOURCES)
                      .toList();
              JsonArray sources = new JsonArray();
              about.forEach(event -> sources.add(source(event, (Observation) event.payload())));
              Opinion opinion = described.result().summary().opinion();
              return new JsonObject()
                  .put("consensus_method", "trimmed_mean")
                  .put(
                      "derived_state",
                      new JsonObject()
                          .put("last_restart", opinion.lastRestart())
                          .put("restart_num", opinion.restarts())
                          .put("start_time", opinion.startTime()))
                  .put("outliers_removed", outliers(about))
                  .put("source_events", sources)
                  .put("subject", name)
                  .put("type", "opinion");
            });
  }

  private static JsonObject source(Event event, Observation o) {
    return new JsonObject()
        .put("id", event.id().toString())
        .put("last_restart", o.lastRestart())
        .put("observer", o.observer())
        .put("observer_uptime", o.observerUptime())
        .put("restart_num", o.restartNum())
        .put("start_time", o.startTime())
        .put("type", o.type());
  }

  /** The reference's guess: 1 when the restarts of four or more reports differ by more than 5. */
  private static int outliers(List<Event> about) {
    LongSummaryStatistics restarts =
        about.stream()
            .mapToLong(event -> ((Observation) event.payload()).restartNum())
            .summaryStatistics();
    return restarts.getCount() > 3 && restarts.getMax() - restarts.getMin() > 5 ? 1 : 0;
  }

  private static JsonObject detail(
      String type, String name, JsonObject derivedState, JsonArray sources) {
    return new JsonObject()
        .put("derived_state", derivedState)
        .put("source_events", sources)
        .put("subject", name)
        .put("type", type);
  }

  private Future<?> uptime(RoutingContext context) {
    String name = ReadRoutes.name(context);
    Future<SubjectDescription> described = describe(name);
    Future<List<Event>> checkpoints = eventsAbout(name, Service.CHECKPOINT);
    Future<List<Event>> changes =
        eventsAbout(name, Service.HEY_THERE, Service.CHAU, Service.OBSERVATION);
    return Future.all(described, checkpoints, changes)
        .map(
            all ->
                Uptime.of(
                        name,
                        described.result().summary(),
                        checkpoints.result(),
                        changes.result().reversed(),
                        now())
                    .json());
  }

  private Future<SubjectDescription> describe(String name) {
    return network
        .describe(List.of(name))
        .map(
            found ->
                Optional.ofNullable(found.get(name))
                    .orElseThrow(() -> new Reply.NotThere("nothing is known of this nara")));
  }

  /** Newest first. */
  private Future<List<Event>> eventsAbout(String name, Service... services) {
    Set<String> wireNames = new HashSet<>();
    for (Service service : services) {
      wireNames.add(service.wireName());
    }
    return bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.QueryEvents(
                new Query.Recent(MAX_EVENTS_READ, new Query.Filter(wireNames, Set.of(name)))),
            Timeouts.STATUS)
        .map(LedgerRequest.QueryResult::events);
  }

  private long now() {
    return facts.clock().instant().getEpochSecond();
  }
}
