package nara.mesh.server;

import java.util.List;
import java.util.Optional;

/** The addresses of other naras, as the mesh server needs them. */
@FunctionalInterface
public interface PeerDirectory {
  /** The mesh address of a name, as {@code host} or {@code host:port}. */
  Optional<String> addressOf(String name);

  /** The naras that a peer query may be redirected to: online, with an address. */
  default List<String> reachableNames() {
    return List.of();
  }
}
