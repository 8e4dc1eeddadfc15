package nara.mesh;

import java.util.OptionalInt;
import nara.mesh.wire.PeerAddress;

/**
 * The port that this node serves the mesh on, known once it listens. The server writes it; the
 * client tells peers, who ask there for our key; the node announces it.
 */
public final class ListenPort {
  private volatile int port;

  /** The port, while the server listens. */
  public OptionalInt port() {
    int now = port;
    return now == 0 ? OptionalInt.empty() : OptionalInt.of(now);
  }

  /**
   * The address to tell others: what the configuration says, else host and port when the host says
   * where to connect to, else empty.
   */
  public String advertisedAddress(MeshConfig config) {
    boolean wildcard = config.host().equals("0.0.0.0") || config.host().equals("::");
    if (!config.advertise().isEmpty() || wildcard || port == 0) {
      return config.advertise();
    }
    return new PeerAddress(config.host(), port).toString();
  }

  public void set(int actualPort) {
    port = actualPort;
  }

  public void clear() {
    port = 0;
  }
}
