package nara.mesh.server;

import io.vertx.core.Future;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.Timeouts;
import nara.mesh.server.MessageRequest.ReceiveMessage;

/**
 * Passes the messages of peers on. By the wire contract the response is 200 whatever comes of a
 * message, and 503 while nobody takes messages.
 */
final class MessageHandler {
  private final Bus bus;

  MessageHandler(Bus bus) {
    this.bus = bus;
  }

  Future<MeshResponse> onMessage(Requester sender, byte[] body) {
    return bus.request(
            MessageRequest.ADDRESS,
            new ReceiveMessage(sender.name(), sender.address(), body),
            Timeouts.PEER_QUERY)
        .map(replies -> MeshResponse.plainJson(replies.body()))
        .recover(
            failure ->
                BusFailure.of(failure) == BusFailure.NOT_SERVED
                    ? Future.succeededFuture(MeshResponse.text(503, "Runtime not ready"))
                    : Future.failedFuture(failure));
  }
}
