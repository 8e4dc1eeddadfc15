package nara.mesh;

import java.util.OptionalInt;
import nara.mesh.wire.PeerAddress;

/**
 * The port on which this node serves the mesh, known once it listens. The server sets it, the
 * client sends it to peers, the node announces it.
 */
public final class ListenPort {
  private volatile int port;

  /** The port, while the server listens. */
  public OptionalInt port() {
    int now = port;
    return now == 0 ? OptionalInt.empty() : OptionalInt.of(now);
  }

  /** The address that others are told: the configured one, else host and port, else empty. */
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
