package nara.mesh;

import io.vertx.core.Future;
import java.time.Duration;
import nara.mesh.wire.PingResponse;

/** Pings addresses for the mesh server, which must not know the mesh client. */
public interface PingClient {
  /** Sends {@code GET /ping}. The Future fails when the address sends no ping response. */
  Future<PingResponse> ping(String address, Duration timeout);

  /** Fails all pings in flight and closes their connections. */
  Future<Void> stop();
}
