package nara.mesh.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.mesh.client.MeshRequest.FindPeerKey;
import nara.mesh.client.MeshRequest.Peer;
import nara.trust.KeySearch;

/** Peers that {@link KeySearch} asks for keys over the mesh. */
public record PeerKeySource(Bus bus, List<Peer> peers) implements KeySearch.KeySource {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Peers asked about one name, configured ones first: the first response may be a lie. */
  private static final int MAX_PEERS = 16;

  @Override
  public boolean isEmpty() {
    return peers.isEmpty();
  }

  @Override
  public Future<Boolean> learnKey(String name) {
    List<Peer> asked =
        peers.stream()
            .sorted(Comparator.comparing(peer -> !peer.configured()))
            .limit(MAX_PEERS)
            .toList();
    return bus.request(
            MeshRequest.ADDRESS, new FindPeerKey(name, asked, true, TIMEOUT), Timeouts.LOCAL)
        .map(result -> result.key().isPresent());
  }
}
