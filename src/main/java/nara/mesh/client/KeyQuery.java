package nara.mesh.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.mesh.client.MeshClient.KeyQueryResult;
import nara.mesh.client.MeshRequest.FindPeerKey;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerKeyResult;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;

/**
 * Asks peers one after the other for the key of a name, until one knows it. Follows redirects to
 * peers of the request only.
 *
 * <p>Lives on one event loop.
 */
final class KeyQuery {
  private final MeshClient client;
  private final Keyring keys;
  private final FindPeerKey query;
  private final Map<String, Peer> peersByName = new HashMap<>();
  private final Deque<Peer> queue;
  private final List<String> asked = new ArrayList<>();
  private final long deadlineNanos;
  private int redirects;

  KeyQuery(MeshClient client, Keyring keys, FindPeerKey query) {
    this.client = client;
    this.keys = keys;
    this.query = query;
    this.queue = new ArrayDeque<>(query.peers());
    query.peers().forEach(peer -> peersByName.putIfAbsent(peer.name(), peer));
    this.deadlineNanos = System.nanoTime() + query.timeout().toNanos();
  }

  Future<PeerKeyResult> askNextPeer() {
    queue.removeIf(peer -> asked.contains(peer.name()));
    Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
    if (queue.isEmpty() || left.toMillis() < 1) {
      return Future.succeededFuture(new PeerKeyResult(Optional.empty(), "", List.copyOf(asked)));
    }
    Peer peer = queue.removeFirst();
    List<String> before = List.copyOf(asked);
    asked.add(peer.name());
    return client
        .queryKey(peer, query.target(), before, left)
        .recover(this::onFailure)
        .compose(this::onResult);
  }

  private Future<KeyQueryResult> onFailure(Throwable failure) {
    if (!(failure instanceof MeshException trouble)) {
      return Future.failedFuture(failure);
    }
    if (trouble.failure() == MeshFailure.STOPPING) {
      queue.clear();
    }
    return Future.succeededFuture(new KeyQueryResult.KeyUnknown());
  }

  private Future<PeerKeyResult> onResult(KeyQueryResult result) {
    return switch (result) {
      case KeyQueryResult.KeyFound found -> {
        keys.learn(query.target(), "", found.response().key(), Origin.PEER_QUERY);
        yield Future.succeededFuture(
            new PeerKeyResult(
                keys.byName(query.target()), found.response().meshIp(), List.copyOf(asked)));
      }
      case KeyQueryResult.KeyRedirect redirect -> {
        Peer named = peersByName.get(redirect.name());
        if (named != null && redirects < MeshLimits.REDIRECTS) {
          redirects++;
          queue.addFirst(named);
        }
        yield askNextPeer();
      }
      case KeyQueryResult.KeyUnknown unknown -> askNextPeer();
    };
  }
}
