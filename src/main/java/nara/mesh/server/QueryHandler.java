package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.event.json.JsonWriter;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.mesh.MeshNode;
import nara.mesh.wire.Body;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;

/** Responds to the requests that only read: this node's identity, the keys it knows, its events. */
final class QueryHandler {
  private final Bus bus;
  private final MeshNode node;
  private final PeerDirectory peerDirectory;
  private final WorkerExecutor workers;

  QueryHandler(Bus bus, MeshNode node, PeerDirectory directory, WorkerExecutor workers) {
    this.bus = bus;
    this.node = node;
    this.peerDirectory = directory;
    this.workers = workers;
  }

  MeshResponse onPing(RoutingContext ctx) {
    String address = node.listenPort().advertisedAddress(node.config());
    return MeshResponse.json(PingResponse.write(node.me(), address, node.clock().instant()));
  }

  MeshResponse onCoordinates(RoutingContext ctx) {
    return MeshResponse.json(
        JsonWriter.begin()
            .object("coordinates", node.coordinate().get()::write)
            .text("name", node.name())
            .endLine());
  }

  MeshResponse onPeerQuery(RoutingContext ctx) {
    String target = parameter(ctx, "target");
    if (target.isEmpty()) {
      return MeshResponse.text(400, "target parameter required");
    }
    boolean own = target.equals(node.name());
    Optional<PublicKey> key = own ? Optional.empty() : node.keys().byName(target);
    if (key.isPresent()) {
      String address = peerDirectory.addressOf(target).orElse("");
      return MeshResponse.plainJson(new PeerQueryResponse(target, key.get(), address).write());
    }
    Set<String> asked =
        Arrays.stream(parameter(ctx, "asked").split(",")).collect(Collectors.toSet());
    return peerDirectory.reachableNames().stream()
        .filter(name -> !asked.contains(name))
        .filter(name -> !name.equals(target) && !name.equals(node.name()))
        .findFirst()
        .map(MeshResponse::redirectTo)
        .orElseGet(MeshResponse::notFound);
  }

  Future<MeshResponse> onCheckpoints(RoutingContext ctx) {
    int offset = Math.max(0, intOrDefault(parameter(ctx, "offset"), 0));
    int requested = intOrDefault(parameter(ctx, "limit"), MeshLimits.DEFAULT_CHECKPOINTS);
    int wanted = requested <= 0 ? MeshLimits.DEFAULT_CHECKPOINTS : requested;
    int limit = Math.min(wanted, MeshLimits.CHECKPOINTS);
    String me = node.name();
    return queryLedger(
        new LedgerRequest.ListCheckpoints(offset, limit),
        page -> CheckpointList.write(me, page.events(), page.total(), offset, limit));
  }

  Future<MeshResponse> onSync(Requester sender, byte[] body) {
    SyncRequest request;
    try {
      request = SyncRequest.read(body);
    } catch (MeshException notJson) {
      return Future.succeededFuture(MeshResponse.text(400, "Invalid JSON"));
    }
    if (request.from().isEmpty()) {
      return Future.succeededFuture(MeshResponse.text(400, "from is required"));
    }
    long seconds = node.clock().instant().getEpochSecond();
    return queryLedger(
        new LedgerRequest.QueryEvents(request.toQuery(node.name(), seconds)),
        found -> SyncResponse.write(node.me(), found.events(), found.nextCursor(), seconds));
  }

  private <R extends BusMessage> Future<MeshResponse> queryLedger(
      LedgerRequest<R> query, Function<R, Body> write) {
    return bus.request(LedgerRequest.ADDRESS, query, Timeouts.PEER_QUERY)
        .compose(found -> workers.executeBlocking(() -> write.apply(found), false))
        .map(MeshResponse::json);
  }

  private static String parameter(RoutingContext ctx, String name) {
    try {
      String value = ctx.request().getParam(name);
      return value == null ? "" : value;
    } catch (IllegalArgumentException halfAPercentSign) {
      return "";
    }
  }

  static int intOrDefault(String text, int otherwise) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      return otherwise;
    }
  }
}
