package nara.checkpoint.sync;

import java.util.List;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.mesh.client.MeshRequest;
import nara.trust.TrustRequest;

/**
 * Requests to the checkpoint sync verticle.
 *
 * @param <R> the type of the reply
 */
public sealed interface CheckpointSyncRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.checkpoint.sync";

  /**
   * Fetches checkpoints from these peers, in random order, until enough peers gave all of theirs.
   */
  record Sync(List<MeshRequest.Peer> peers) implements CheckpointSyncRequest<SyncResult> {}

  /**
   * The result of a sync.
   *
   * @param peerResults of the peers that were asked, in that order
   * @param enoughPeers whether as many peers contributed, to their last page, as the configuration
   *     wants
   */
  record SyncResult(List<PeerSyncResult> peerResults, boolean enoughPeers) implements BusMessage {}

  /**
   * The result of one peer.
   *
   * @param requests sent to it
   * @param failures of these requests
   * @param whole whether it gave all of its checkpoints
   * @param reason of the last failure, or why it was left before its end; or empty
   * @param bytes of its responses
   * @param events in them
   * @param offerResult what became of the events
   */
  record PeerSyncResult(
      String peer,
      int requests,
      int failures,
      boolean whole,
      String reason,
      long bytes,
      int events,
      TrustRequest.OfferResult offerResult) {}
}
