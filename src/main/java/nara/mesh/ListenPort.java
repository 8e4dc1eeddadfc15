package nara.mesh;

import java.util.OptionalInt;
import nara.mesh.wire.PeerAddress;

/**
 * The port on which this node serves the mesh, known once it listens. The server sets it, the
 * client sends it to peers, the node announces it.
 */
public final class ListenPort {
  private volatile int port;
  private volatile String foundHost = "";

  /** The port, while the server listens. */
  public OptionalInt port() {
    int now = port;
    return now == 0 ? OptionalInt.empty() : OptionalInt.of(now);
  }

  /**
   * The address that others are told: the configured one, else host and port, else empty. A node
   * whose host is not its address has the one that the local Tailscale daemon told.
   */
  public String advertisedAddress(MeshConfig config) {
    String host = config.hostIsItsAddress() ? config.host() : foundHost;
    if (!config.advertise().isEmpty() || host.isEmpty() || port == 0) {
      return config.advertise();
    }
    return new PeerAddress(host, port).toString();
  }

  /** A daemon on this machine told the address by which others reach it. */
  public void setFoundHost(String host) {
    foundHost = host;
  }

  public void set(int actualPort) {
    port = actualPort;
  }

  public void clear() {
    port = 0;
  }
}
