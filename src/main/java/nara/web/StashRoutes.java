package nara.web;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.stash.StashRequest;
import nara.stash.StashRequest.StashStatus;
import nara.stash.wire.StashLimits;

/**
 * The stash on the management port. The state has the reference's fields, without the data. Only
 * those whom {@link ControlAccess} allows get or set the data.
 */
final class StashRoutes {
  private static final String BASE = "/api/stash/";

  /** For a pass over neighbours and confidants, several of which may be silent. */
  private static final Duration PASS_TIMEOUT = Duration.ofMinutes(2);

  private final Bus bus;
  private final ControlAccess access;

  StashRoutes(Bus bus, ControlAccess access) {
    this.bus = bus;
    this.access = access;
  }

  void mount(Router router) {
    router.get(BASE + "status").handler(this::onStatus);
    router.get(BASE + "confidants").handler(this::onConfidants);
    // Separate routes: within one route, vertx-web wants the body handler first.
    for (String path : new String[] {"data", "update", "recover"}) {
      router.route(BASE + path).handler(access::require);
    }
    router
        .post(BASE + "update")
        .handler(BodyHandler.create(false).setBodyLimit(StashLimits.DATA_BYTES))
        .failureHandler(
            context ->
                context
                    .response()
                    .setStatusCode(Math.max(400, context.statusCode()))
                    .end("the stash takes at most " + StashLimits.DATA_BYTES + " bytes\n"));
    router.get(BASE + "data").handler(this::onGetData);
    router.post(BASE + "update").handler(this::onUpdate);
    router.post(BASE + "recover").handler(this::onRecover);
  }

  private void onStatus(RoutingContext context) {
    request(context, new StashRequest.GetStashStatus(), Timeouts.STATUS)
        .onSuccess(status -> send(context, 200, status(status)));
  }

  private void onConfidants(RoutingContext context) {
    request(context, new StashRequest.GetStashStatus(), Timeouts.STATUS)
        .onSuccess(
            status -> send(context, 200, new JsonObject().put("confidants", confidants(status))));
  }

  private void onGetData(RoutingContext context) {
    request(context, new StashRequest.GetStashData(), Timeouts.STATUS)
        .onSuccess(
            found -> {
              HttpServerResponse response = context.response();
              Optional<byte[]> data = found.data();
              if (data.isEmpty()) {
                response.setStatusCode(404).end("the stash is empty\n");
              } else {
                response
                    .putHeader("Content-Type", "application/octet-stream")
                    .putHeader("Cache-Control", "no-store")
                    .end(Buffer.buffer(data.get()));
              }
            });
  }

  private void onUpdate(RoutingContext context) {
    Buffer body = context.body().buffer();
    byte[] data = body == null ? new byte[0] : body.getBytes();
    request(context, new StashRequest.SetStashData(data), PASS_TIMEOUT)
        .onSuccess(
            status -> {
              long holding =
                  status.confidants().stream()
                      .filter(StashRequest.ConfidantState::confirmed)
                      .count();
              send(
                  context,
                  200,
                  new JsonObject()
                      .put("success", holding > 0)
                      .put(
                          "message",
                          "%d of %d confidants hold the stash"
                              .formatted(holding, StashLimits.CONFIDANTS)));
            });
  }

  private void onRecover(RoutingContext context) {
    request(context, new StashRequest.RecoverStash(), PASS_TIMEOUT)
        .onSuccess(
            status ->
                send(
                    context,
                    200,
                    new JsonObject()
                        .put("success", status.dataBytes().isPresent())
                        .put("message", status.recovery())));
  }

  private <R extends BusMessage> Future<R> request(
      RoutingContext context, StashRequest<R> request, Duration timeout) {
    return bus.request(StashRequest.ADDRESS, request, timeout)
        .onFailure(
            failure -> {
              boolean absent = BusFailure.of(failure) == BusFailure.NOT_SERVED;
              context
                  .response()
                  .setStatusCode(absent ? 404 : 503)
                  .end(
                      absent
                          ? "this node has no stash: see stash.enabled and read_only\n"
                          : "the stash does not respond in time\n");
            });
  }

  private static JsonObject status(StashStatus status) {
    JsonObject mine =
        status.dataBytes().isEmpty()
            ? null
            : new JsonObject()
                .put("timestamp", status.dataWrittenAt())
                .put("bytes", status.dataBytes().get());
    return new JsonObject()
        .put("confidants", confidants(status))
        .put("has_stash", mine != null)
        .put(
            "metrics",
            new JsonObject()
                .put("rejected_messages", status.rejectedMessages())
                .put("stashes_stored", status.keptStashes())
                .put("storage_limit", status.keptLimit())
                .put("total_bytes", status.keptBytes()))
        .put("my_stash", mine)
        .put("neighbours_kept", status.neighboursKept())
        .put("recovery", status.recovery())
        .put("target_count", StashLimits.CONFIDANTS);
  }

  private static JsonArray confidants(StashStatus status) {
    JsonArray all = new JsonArray();
    status
        .confidants()
        .forEach(
            each ->
                all.add(
                    new JsonObject()
                        .put("id", each.id())
                        .put("name", each.name())
                        .put("online", each.online())
                        .put("status", each.confirmed() ? "confirmed" : "unconfirmed")));
    return all;
  }

  private static void send(RoutingContext context, int status, JsonObject json) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(SafeText.escapedJson(json.encode()));
  }
}
