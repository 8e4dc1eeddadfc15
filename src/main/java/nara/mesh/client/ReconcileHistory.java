package nara.mesh.client;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshLimits;
import nara.negentropy.ItemId;

/**
 * The findings of earlier reconciliations with each peer: whether it lacks the endpoints, and which
 * of its events are unwanted here.
 *
 * <p>An event of a peer is unwanted when it was fetched and is not held after that. Trust rejected
 * it, the ledger pruned it or holds a better form, or the peer sent something else. So this says
 * nothing about the same event of another peer.
 */
final class ReconcileHistory {
  private static final class PeerHistory {
    boolean unsupported;
    final LinkedHashSet<ItemId> unwanted = new LinkedHashSet<>();
  }

  private final Map<Peer, PeerHistory> byPeer = BoundedMap.lru(MeshLimits.PEERS_REMEMBERED);

  /** Remembers that the peer lacks the endpoints. */
  void markUnsupported(Peer peer) {
    historyOf(peer).unsupported = true;
  }

  boolean isUnsupported(Peer peer) {
    PeerHistory history = byPeer.get(peer);
    return history != null && history.unsupported;
  }

  void markUnwanted(Peer peer, Collection<ItemId> hashes) {
    if (hashes.isEmpty()) {
      return;
    }
    LinkedHashSet<ItemId> unwanted = historyOf(peer).unwanted;
    unwanted.addAll(hashes);
    while (unwanted.size() > MeshLimits.UNWANTED_HASHES_PER_PEER) {
      unwanted.removeFirst();
    }
  }

  List<ItemId> withoutUnwanted(Peer peer, List<ItemId> listed) {
    PeerHistory history = byPeer.get(peer);
    return history == null
        ? listed
        : listed.stream().filter(hash -> !history.unwanted.contains(hash)).toList();
  }

  private PeerHistory historyOf(Peer peer) {
    return byPeer.computeIfAbsent(peer, first -> new PeerHistory());
  }
}
