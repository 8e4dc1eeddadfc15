package nara.discovery;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;

/**
 * Looks up the host names of configured peers. Java's look-up blocks its thread, for many seconds
 * when the name server does not answer, so it runs on workers of its own.
 */
final class HostNames {
  /** After this time a run goes on without the name. */
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Addresses of one name, at most. */
  static final int MAX_ADDRESSES = 8;

  private static final int WORKERS = 4;

  private final WorkerExecutor workers;

  HostNames(Vertx vertx) {
    this.workers = vertx.createSharedWorkerExecutor("nara-host-names", WORKERS);
  }

  static boolean isLiteral(PeerAddress address) {
    return AddressPolicy.literal(address.host()).isPresent();
  }

  /** All addresses of a host name, each with the port; it fails when there are none. */
  Future<List<String>> resolve(PeerAddress address) {
    return workers
        .executeBlocking(() -> InetAddress.getAllByName(address.host()), false)
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .map(
            all ->
                Stream.of(all)
                    .map(InetAddress::getHostAddress)
                    .distinct()
                    .limit(MAX_ADDRESSES)
                    .map(host -> new PeerAddress(host, address.port()).toString())
                    .toList());
  }

  Future<Void> close() {
    return workers.close();
  }
}
