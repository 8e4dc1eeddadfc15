package nara.checkpoint.sync;

import java.util.List;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.mesh.client.MeshRequest;
import nara.trust.TrustRequest;

/**
 * What the checkpoint sync verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface CheckpointSyncRequest<R extends BusMessage> extends Request<R> {
  /** Where the checkpoint sync verticle is asked. */
  String ADDRESS = "nara.checkpoint.sync";

  /** Fetches checkpoints from these peers in random order until enough of them gave some. */
  record Sync(List<MeshRequest.Peer> peers) implements CheckpointSyncRequest<SyncResult> {}

  /**
   * What came of it.
   *
   * @param peerResults how each peer that was asked did, in the order asked
   * @param enoughPeers whether as many peers as wanted gave checkpoints
   */
  record SyncResult(List<PeerSyncResult> peerResults, boolean enoughPeers) implements BusMessage {}

  /**
   * One peer's part.
   *
   * @param requests sent
   * @param failures of them
   * @param reason of the last failure, or empty
   * @param bytes of its answers
   * @param events in them
   * @param offerResult what became of those
   */
  record PeerSyncResult(
      String peer,
      int requests,
      int failures,
      String reason,
      long bytes,
      int events,
      TrustRequest.OfferResult offerResult) {}
}
