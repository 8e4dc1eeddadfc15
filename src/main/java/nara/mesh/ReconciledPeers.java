package nara.mesh;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import nara.mesh.MeshRequest.Peer;
import nara.reconcile.ItemId;

/**
 * What is remembered of peers for as long as this node runs, so that reconciling with them does not
 * do the same in vain each time: who cannot do it, and which of their events are not wanted here.
 *
 * <p>An event is not wanted of a peer when it was asked for and is not held after that. It may be
 * refused, pruned, or have a form that is better; or the peer listed it and gave something else,
 * and so this says nothing about the same event of another peer.
 */
final class ReconciledPeers {
  /** One peer. */
  private static final class Memory {
    boolean unable;
    final LinkedHashSet<ItemId> vain = new LinkedHashSet<>();
  }

  private final LinkedHashMap<Peer, Memory> byPeer = new LinkedHashMap<>(16, 0.75f, true);

  /** Remembers that it does not have the endpoints. */
  void unable(Peer peer) {
    memory(peer).unable = true;
  }

  boolean isUnable(Peer peer) {
    Memory memory = byPeer.get(peer);
    return memory != null && memory.unable;
  }

  /** Remembers what it listed and what is not held although it was asked for. */
  void inVain(Peer peer, Collection<ItemId> hashes) {
    if (hashes.isEmpty()) {
      return;
    }
    LinkedHashSet<ItemId> vain = memory(peer).vain;
    vain.addAll(hashes);
    while (vain.size() > MeshLimits.FETCHED_IN_VAIN) {
      vain.removeFirst();
    }
  }

  /** Of what it lists, what it has not been asked for in vain. */
  List<ItemId> wanted(Peer peer, List<ItemId> listed) {
    Memory memory = byPeer.get(peer);
    return memory == null
        ? listed
        : listed.stream().filter(hash -> !memory.vain.contains(hash)).toList();
  }

  private Memory memory(Peer peer) {
    Memory memory = byPeer.computeIfAbsent(peer, first -> new Memory());
    if (byPeer.size() > MeshLimits.PEERS_REMEMBERED) {
      byPeer.pollFirstEntry();
    }
    return memory;
  }
}
