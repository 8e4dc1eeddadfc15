package nara.mesh.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.mesh.client.MeshRequest.FindPeerKey;
import nara.mesh.client.MeshRequest.Peer;
import nara.trust.KeySearch;

/** Peers that {@link KeySearch} asks for keys over the mesh. */
public record PeerKeySource(Bus bus, List<Peer> peers) implements KeySearch.KeySource {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Override
  public boolean isEmpty() {
    return peers.isEmpty();
  }

  @Override
  public Future<Boolean> learnKey(String name) {
    return bus.request(MeshRequest.ADDRESS, new FindPeerKey(name, peers, TIMEOUT), Timeouts.LOCAL)
        .map(result -> result.key().isPresent());
  }
}
