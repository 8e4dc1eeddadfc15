package nara.mesh.server;

import java.util.List;
import java.util.Optional;

/** What the mesh server must know of others, beside their keys: where they are. */
@FunctionalInterface
public interface PeerDirectory {
  /** The mesh address of a name, as {@code host} or {@code host:port}. */
  Optional<String> addressOf(String name);

  /** Names that a peer query may be sent on to: online, with an address. */
  default List<String> reachableNames() {
    return List.of();
  }
}
