package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.mesh.wire.HashList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.SyncResponse;
import nara.negentropy.ItemId;

/**
 * The side of a reconciliation that is asked: answers the messages, and gives the events that turn
 * out to be lacking. {@code docs/reconcile.md} has the format of both.
 */
public final class ReconcileHandler {
  /** Where messages are sent. */
  public static final String RECONCILE_PATH = "/events/reconcile";

  /** Where events are fetched by their hashes. */
  public static final String FETCH_PATH = "/events/fetch";

  private final Bus bus;
  private final Identity me;
  private final InstantSource clock;
  private final WorkerExecutor workers;

  ReconcileHandler(Bus bus, Identity me, InstantSource clock, WorkerExecutor workers) {
    this.bus = bus;
    this.me = me;
    this.clock = clock;
    this.workers = workers;
  }

  /** Answers a message with one; nothing is remembered of whoever asks. */
  Future<MeshResponse> onReconcile(String sender, byte[] message) {
    if (message.length > MeshLimits.RECONCILE_BYTES) {
      return Future.succeededFuture(
          MeshResponse.text(
              400,
              "a message of %d bytes, over the %d allowed"
                  .formatted(message.length, MeshLimits.RECONCILE_BYTES)));
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

  /** Gives events by their hashes; what they do not all fit into says where to go on. */
  Future<MeshResponse> onFetch(String sender, byte[] body) {
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
                      long seconds = clock.instant().getEpochSecond();
                      return MeshResponse.json(
                          SyncResponse.write(me, found.events(), rest, seconds));
                    },
                    false));
  }
}
