package nara.web;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Locale;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.journey.Hop;
import nara.journey.Journey;
import nara.journey.JourneyRequest;
import nara.journey.JourneyRequest.ListOwnJourneys;
import nara.journey.JourneyRequest.NotStarted;
import nara.journey.JourneyRequest.OwnJourney;
import nara.journey.JourneyRequest.OwnState;
import nara.journey.JourneyRequest.StartJourney;
import nara.journey.JourneyRequest.Started;
import nara.web.http.CrossOrigin;
import nara.web.http.ReadRoutes;

/**
 * The journeys on the management port, with the reference's fields: {@code POST /world/start}, for
 * those whom {@link ControlAccess} allows, and {@code GET /world/journeys}: those that came back,
 * or with {@code ?id=} that one, wherever it is.
 */
final class JourneyRoutes {
  /** Bytes of a request: the longest message, each character escaped. */
  private static final int MAX_BODY_BYTES = 64 * 1024;

  /** Journeys in one response, as in the reference. */
  private static final int MAX_LISTED = 20;

  private static final String STOPPING =
      "no journeys here: the node is stopping, or does not lead its cluster";

  private final Bus bus;
  private final String name;
  private final ControlAccess access;
  private final CrossOrigin crossOrigin;

  JourneyRoutes(Bus bus, String name, ControlAccess access, CrossOrigin crossOrigin) {
    this.crossOrigin = crossOrigin;
    this.bus = bus;
    this.name = name;
    this.access = access;
  }

  void addTo(Router router) {
    // A separate route: within one, vertx-web wants the body handler first.
    router.post("/world/start").handler(access::require);
    router
        .post("/world/start")
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES))
        .handler(this::onStart)
        .failureHandler(
            context ->
                sendText(
                    context,
                    context.statusCode() > 0 ? context.statusCode() : 500,
                    context.statusCode() == 413 ? "Request body too large" : "internal error"));
    new ReadRoutes(router, crossOrigin).handle("/world/journeys", this::onList);
  }

  private void onStart(RoutingContext context) {
    String message;
    try {
      JsonObject body = context.body().asJsonObject();
      message = body == null ? null : body.getString("message", "");
    } catch (DecodeException | ClassCastException invalid) {
      message = null;
    }
    if (message == null) {
      sendText(context, 400, "Invalid JSON");
      return;
    }
    bus.request(JourneyRequest.ADDRESS, new StartJourney(message), Timeouts.IMPORT)
        .onSuccess(
            outcome -> {
              switch (outcome) {
                case Started started -> sendStarted(context, started.journey());
                case NotStarted not -> sendText(context, not.status(), not.reason());
              }
            })
        .onFailure(failure -> sendText(context, 503, STOPPING));
  }

  private static void sendStarted(RoutingContext context, Journey journey) {
    sendJson(
        context,
        new JsonObject()
            .put("id", journey.id())
            .put("message", journey.message())
            .put("success", true));
  }

  private void onList(RoutingContext context) {
    List<String> ids = context.queryParam("id");
    bus.request(JourneyRequest.ADDRESS, new ListOwnJourneys(), Timeouts.STATUS)
        .onSuccess(
            own -> {
              JsonArray journeys = new JsonArray();
              own.journeys().stream()
                  .filter(
                      journey ->
                          ids.isEmpty()
                              ? journey.state() == OwnState.COMPLETE
                              : ids.contains(journey.journey().id()))
                  .limit(MAX_LISTED)
                  .forEach(journey -> journeys.add(json(journey)));
              sendJson(
                  context,
                  new JsonObject()
                      .put("journeys", journeys.isEmpty() && ids.isEmpty() ? null : journeys)
                      .put("server", name));
            })
        .onFailure(failure -> sendText(context, 503, STOPPING));
  }

  /** The reference's fields, and {@code state} and {@code started_at}. */
  private static JsonObject json(OwnJourney own) {
    Journey journey = own.journey();
    return new JsonObject()
        .put("complete", journey.isComplete())
        .put("hops", hops(journey.hops()))
        .put("id", journey.id())
        .put("message", journey.message())
        .put("originator", journey.originator())
        .put("rewards", rewards(journey))
        .put("started_at", own.startedAt().getEpochSecond())
        .put("state", own.state().name().toLowerCase(Locale.ROOT));
  }

  private static JsonArray hops(List<Hop> hops) {
    JsonArray list = new JsonArray();
    hops.forEach(
        hop ->
            list.add(
                new JsonObject()
                    .put("nara", hop.nara())
                    .put("signature", hop.signature())
                    .put("stamp", hop.stamp())
                    .put("timestamp", hop.timestamp())));
    return list;
  }

  /** What the reference shows for a complete journey; nobody gets it. */
  private static JsonObject rewards(Journey journey) {
    JsonObject rewards = new JsonObject();
    if (journey.isComplete()) {
      journey.hops().forEach(hop -> rewards.put(hop.nara(), 2));
      rewards.put(journey.originator(), 10);
    }
    return rewards;
  }

  /** Peers choose names and stamps in it, and an operator may print it on a terminal. */
  private static void sendJson(RoutingContext context, JsonObject json) {
    context
        .response()
        .putHeader("Content-Type", "application/json; charset=utf-8")
        .end(SafeText.escapedJson(json.encode()) + "\n");
  }

  private static void sendText(RoutingContext context, int status, String text) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "text/plain; charset=utf-8")
        .end(text + "\n");
  }
}
