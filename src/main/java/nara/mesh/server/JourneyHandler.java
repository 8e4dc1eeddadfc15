package nara.mesh.server;

import io.vertx.core.Future;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.json.JsonWriter;
import nara.mesh.MeshNode;
import nara.mesh.RelayRequest;
import nara.mesh.RelayRequest.RelayJourney;
import nara.mesh.RelayRequest.RelayOutcome;

/** Hands journeys to the verticle that passes them on; this class only writes the response. */
final class JourneyHandler {
  private final Bus bus;
  private final MeshNode node;

  JourneyHandler(Bus bus, MeshNode node) {
    this.bus = bus;
    this.node = node;
  }

  Future<MeshResponse> onRelay(Requester sender, byte[] body) {
    return bus.request(
            RelayRequest.ADDRESS, new RelayJourney(sender.name(), body), Timeouts.PEER_QUERY)
        .map(this::response)
        // A read-only cluster member, for example, has no such verticle.
        .otherwise(failure -> MeshResponse.text(503, "World journey not initialized"));
  }

  private MeshResponse response(RelayOutcome outcome) {
    return outcome.isTaken()
        ? MeshResponse.json(
            JsonWriter.begin().text("from", node.name()).flag("success", true).endLine())
        : MeshResponse.text(outcome.status(), outcome.text());
  }
}
