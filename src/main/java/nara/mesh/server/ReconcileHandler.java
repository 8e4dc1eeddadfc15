package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.Optional;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.ledger.LedgerRequest;
import nara.mesh.MeshNode;
import nara.mesh.wire.HashList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.SyncResponse;
import nara.negentropy.ItemId;

/**
 * The server side of a reconciliation: replies to its messages, and sends the events that the peer
 * lacks. {@code docs/reconcile.md} has the format of both.
 */
final class ReconcileHandler {
  private final Bus bus;
  private final MeshNode node;
  private final WorkerExecutor workers;

  ReconcileHandler(Bus bus, MeshNode node, WorkerExecutor workers) {
    this.bus = bus;
    this.node = node;
    this.workers = workers;
  }

  /** Replies to one message; keeps no state of the peer. */
  Future<MeshResponse> onReconcile(Requester sender, byte[] message) {
    if (message.length > MeshLimits.RECONCILE_BYTES) {
      String fault =
          "a message of " + message.length + " bytes, over the " + MeshLimits.RECONCILE_BYTES;
      return Future.succeededFuture(MeshResponse.text(400, fault + " allowed"));
    }
    return bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.RespondToReconciliation(message, MeshLimits.RECONCILE_BYTES),
            Timeouts.PEER_QUERY)
        .map(
            response ->
                response.fault().isEmpty()
                    ? MeshResponse.octetStream(response.message())
                    : MeshResponse.text(400, response.fault()));
  }

  /** Sends events by their hashes; the cursor counts the hashes done when not all events fit. */
  Future<MeshResponse> onFetch(Requester sender, byte[] body) {
    List<ItemId> hashes;
    try {
      hashes = HashList.read(body);
    } catch (MeshException notHashes) {
      return Future.succeededFuture(MeshResponse.text(400, notHashes.reason()));
    }
    return bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.FindByHash(hashes, MeshLimits.FETCH_BYTES),
            Timeouts.PEER_QUERY)
        .compose(
            found ->
                workers.executeBlocking(
                    () -> {
                      Optional<Long> rest =
                          found.processed() == hashes.size()
                              ? Optional.empty()
                              : Optional.of((long) found.processed());
                      long seconds = node.clock().instant().getEpochSecond();
                      return MeshResponse.json(
                          SyncResponse.write(node.me(), found.events(), rest, seconds));
                    },
                    false));
  }
}
