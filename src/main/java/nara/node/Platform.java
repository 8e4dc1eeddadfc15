package nara.node;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import nara.bus.Scheduler;
import nara.profile.HostStats;
import nara.trust.verifier.SignatureVerifier;

/**
 * The parts of the machine that a node uses: threads and sockets, time, randomness, signature
 * checks. A simulation gives a node other parts.
 *
 * @param vertx makes the node's own instance; a node that joins a cluster uses the member's
 * @param random seeds the generators of the node's parts
 * @param nonces for encryption
 * @param verifier empty for the configured one
 * @param cores that verify events at once
 * @param load of the machine, for the node's status; the argument is the node's uptime in seconds
 */
public record Platform(
    Function<VertxOptions, Vertx> vertx,
    Scheduler scheduler,
    RandomGenerator random,
    SecureRandom nonces,
    Optional<SignatureVerifier> verifier,
    int cores,
    LongFunction<HostStats> load) {

  /**
   * Options without Vert.x's cache of files, which needs a temporary folder that can be written.
   */
  public static VertxOptions vertxOptions() {
    FileSystemOptions files =
        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    return new VertxOptions().setFileSystemOptions(files);
  }

  /** This machine. */
  static Platform of(Scheduler scheduler, RandomGenerator random) {
    return new Platform(
        Vertx::vertx,
        scheduler,
        random,
        new SecureRandom(),
        Optional.empty(),
        Runtime.getRuntime().availableProcessors(),
        HostStats::ofThisProcess);
  }
}
