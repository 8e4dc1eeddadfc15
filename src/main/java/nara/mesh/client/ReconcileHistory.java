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
 * What is remembered of peers for as long as this node runs, so that reconciling with them does not
 * do the same in vain each time: who cannot do it, and which of their events are not wanted here.
 *
 * <p>An event is not wanted of a peer when it was asked for and is not held after that. It may be
 * refused, pruned, or have a form that is better; or the peer listed it and gave something else,
 * and so this says nothing about the same event of another peer.
 */
final class ReconcileHistory {
  /** One peer. */
  private static final class PeerHistory {
    boolean unsupported;
    final LinkedHashSet<ItemId> unwanted = new LinkedHashSet<>();
  }

  private final Map<Peer, PeerHistory> byPeer = BoundedMap.lru(MeshLimits.PEERS_REMEMBERED);

  /** Remembers that it does not have the endpoints. */
  void markUnsupported(Peer peer) {
    historyOf(peer).unsupported = true;
  }

  boolean isUnsupported(Peer peer) {
    PeerHistory peerHistory = byPeer.get(peer);
    return peerHistory != null && peerHistory.unsupported;
  }

  /** Remembers what it listed and what is not held although it was asked for. */
  void markUnwanted(Peer peer, Collection<ItemId> hashes) {
    if (hashes.isEmpty()) {
      return;
    }
    LinkedHashSet<ItemId> vain = historyOf(peer).unwanted;
    vain.addAll(hashes);
    while (vain.size() > MeshLimits.UNWANTED_HASHES_PER_PEER) {
      vain.removeFirst();
    }
  }

  /** Of what it lists, what it has not been asked for in vain. */
  List<ItemId> withoutUnwanted(Peer peer, List<ItemId> listed) {
    PeerHistory peerHistory = byPeer.get(peer);
    return peerHistory == null
        ? listed
        : listed.stream().filter(hash -> !peerHistory.unwanted.contains(hash)).toList();
  }

  private PeerHistory historyOf(Peer peer) {
    return byPeer.computeIfAbsent(peer, first -> new PeerHistory());
  }
}
