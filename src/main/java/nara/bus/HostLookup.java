package nara.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Looks up the host names that the operator configured. Java's lookup blocks its thread, for many
 * seconds when the name server does not respond. A connection by name would block its event loop,
 * so names are looked up here, on workers of their own, and connections go to IP addresses.
 */
public final class HostLookup {
  /** After this time the lookup fails. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Addresses of one name, at most: each may cost a timeout. */
  private static final int MAX_ADDRESSES = 8;

  private static final int WORKERS = 4;

  private final WorkerExecutor workers;

  /** All users on one Vert.x share the workers. */
  public HostLookup(Vertx vertx) {
    this.workers = vertx.createSharedWorkerExecutor("nara-host-lookup", WORKERS);
  }

  /**
   * The IP addresses of a host, at least one; a literal address is its own. Fails when there is
   * none.
   */
  public Future<List<String>> addressesOf(String host) {
    return workers
        .executeBlocking(() -> InetAddress.getAllByName(host), false)
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .map(
            all ->
                Stream.of(all)
                    .map(InetAddress::getHostAddress)
                    .distinct()
                    .limit(MAX_ADDRESSES)
                    .toList());
  }

  public Future<Void> close() {
    return workers.close();
  }
}
