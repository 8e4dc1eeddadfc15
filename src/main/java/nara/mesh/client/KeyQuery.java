package nara.mesh.client;

import io.vertx.core.Future;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nara.identity.Origin;
import nara.mesh.MeshNode;
import nara.mesh.client.Exchange.RawResponse;
import nara.mesh.client.MeshRequest.FindPeerKey;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerKeyResult;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.SignatureHeaders;

/**
 * Asks peers one after the other for the key of a name, until one knows it. Follows redirects to
 * peers of the request only.
 *
 * <p>Lives on one event loop.
 */
final class KeyQuery {
  private final MeshTransport transport;
  private final MeshNode node;
  private final FindPeerKey query;
  private final Deque<Peer> queue;
  private final List<String> asked = new ArrayList<>();
  private final long deadlineNanos;
  private int redirects;

  KeyQuery(MeshTransport transport, MeshNode node, FindPeerKey query) {
    this.transport = transport;
    this.node = node;
    this.query = query;
    this.queue = new ArrayDeque<>(query.peers());
    this.deadlineNanos = node.clock().nanoTime() + query.timeout().toNanos();
  }

  Future<PeerKeyResult> askNextPeer() {
    queue.removeIf(peer -> asked.contains(peer.name()));
    Duration left = Duration.ofNanos(deadlineNanos - node.clock().nanoTime());
    if (queue.isEmpty() || left.toMillis() < 1) {
      return Future.succeededFuture(new PeerKeyResult(Optional.empty(), "", List.copyOf(asked)));
    }
    Peer peer = queue.removeFirst();
    String uri =
        MeshPaths.PEER_QUERY
            + "?target="
            + urlEncoded(query.target())
            + (asked.isEmpty() ? "" : "&asked=" + urlEncoded(String.join(",", asked)));
    asked.add(peer.name());
    return transport
        .<Optional<PeerQueryResponse>>submit(
            peer.address(),
            left,
            node.config().stallTimeout(),
            operation ->
                transport
                    .get(operation, peer.address(), uri, MeshLimits.SMALL_RESPONSE_BYTES)
                    .compose(response -> MeshTransport.attempt(() -> read(response))))
        .recover(this::onFailure)
        .compose(found -> found.isPresent() ? learn(peer, found.get()) : askNextPeer());
  }

  /** The key, or empty when the peer does not know it; a redirect goes to the head of the queue. */
  private Optional<PeerQueryResponse> read(RawResponse response) throws MeshException {
    if (response.status() == 200) {
      byte[] json = response.decompressed(MeshLimits.SMALL_RESPONSE_BYTES);
      return Optional.of(PeerQueryResponse.read(json, query.target()));
    }
    if (response.status() == 307 && redirects < MeshLimits.REDIRECTS) {
      String name =
          SignatureHeaders.decodeValue(response.headers().get(PeerQueryResponse.REDIRECT));
      Optional<Peer> named =
          query.peers().stream().filter(peer -> peer.name().equals(name)).findFirst();
      redirects += named.isPresent() ? 1 : 0;
      named.ifPresent(queue::addFirst);
    }
    return Optional.empty();
  }

  private Future<Optional<PeerQueryResponse>> onFailure(Throwable failure) {
    if (!(failure instanceof MeshException fault)) {
      return Future.failedFuture(failure);
    }
    if (fault.failure() == MeshFailure.STOPPING) {
      queue.clear();
    }
    return Future.succeededFuture(Optional.empty());
  }

  private Future<PeerKeyResult> learn(Peer peer, PeerQueryResponse found) {
    node.keys().learn(query.target(), "", found.key(), Origin.PEER_QUERY, peer.witness());
    return Future.succeededFuture(
        new PeerKeyResult(node.keys().byName(query.target()), found.meshIp(), List.copyOf(asked)));
  }

  private static String urlEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
