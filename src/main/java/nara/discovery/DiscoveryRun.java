package nara.discovery;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nara.discovery.Neighbour.Source;
import nara.mesh.MeshRequest.NoPong;
import nara.mesh.MeshRequest.PingOutcome;
import nara.mesh.MeshRequest.Pong;

/**
 * One asking of all sources, as far as it does without sockets: whom to ping next, what each answer
 * says, and whether everybody was asked.
 *
 * <p>Not safe for use from several threads.
 */
final class DiscoveryRun {
  /** Addresses told on the plaza that are tried, at most: strangers chose them. */
  static final int MAX_TOLD_PINGED = 500;

  private final KnownNeighbours known;
  private final DiscoveryConfig config;
  private final Instant began;
  private final PingQueue queue;
  private final Troubles troubles = new Troubles();
  private boolean tailscaleAwaited;
  private int scanAnswers;

  /**
   * A run over everything that is configured or was told.
   *
   * @param scan the configured range, read
   */
  DiscoveryRun(
      KnownNeighbours known, DiscoveryConfig config, Optional<AddressScan> scan, Instant began) {
    this.known = known;
    this.config = config;
    this.began = began;
    this.queue = new PingQueue(config.pingsAtOnce());
    this.tailscaleAwaited = !config.tailscaleSocket().isEmpty();
    for (DiscoveryConfig.ConfiguredPeer peer : config.peers()) {
      if (!peer.name().isEmpty()) {
        known.configured(peer.name(), peer.address());
      }
    }
    queue.add(
        config.peers().stream()
            .map(peer -> new Target(peer.address(), peer.name(), Source.CONFIGURED))
            .iterator());
    queue.add(known.toldOf(MAX_TOLD_PINGED).iterator());
    scan.map(AddressScan::addresses).map(DiscoveryRun::scanned).ifPresent(queue::add);
  }

  private static Iterator<Target> scanned(Iterator<String> addresses) {
    return Stream.generate(() -> addresses)
        .takeWhile(Iterator::hasNext)
        .map(each -> new Target(each.next(), "", Source.SCAN))
        .iterator();
  }

  /** When it began. */
  Instant began() {
    return began;
  }

  /** The next address to ping now, if one may be. */
  Optional<Target> next() {
    return queue.next();
  }

  /** Takes what the Tailscale daemon said. */
  void tailscale(TailscaleStatus status, int meshPort) {
    tailscaleAwaited = false;
    trouble(status.trouble());
    queue.add(
        status.addresses().stream()
            .map(address -> new Target(address + ":" + meshPort, "", Source.TAILSCALE))
            .iterator());
  }

  /** Takes how a ping went; it no longer counts as under way. */
  void pinged(Target target, PingOutcome outcome) {
    queue.ended();
    switch (outcome) {
      case Pong pong -> {
        scanAnswers += target.source() == Source.SCAN ? 1 : 0;
        known.answered(target, pong).ifPresent(troubles::add);
      }
      case NoPong silence -> {
        known.unanswered(target);
        unanswered(target, silence).ifPresent(troubles::add);
      }
    }
  }

  /** Of the addresses that somebody chose, silence is told; in a range it is the ordinary case. */
  private static Optional<String> unanswered(Target target, NoPong silence) {
    String name = target.expected().isEmpty() ? "" : Shown.of(target.expected()) + " at ";
    String reason = silence.reason().isEmpty() ? silence.failure().name() : silence.reason();
    return switch (target.source()) {
      case CONFIGURED, PLAZA ->
          Optional.of("%s%s does not answer: %s".formatted(name, target.address(), reason));
      case SCAN, TAILSCALE, HEARSAY -> Optional.empty();
    };
  }

  /** Takes note of a trouble; the empty sentence is none. */
  void trouble(String sentence) {
    if (!sentence.isEmpty()) {
      troubles.add(sentence);
    }
  }

  /** Whether everybody was asked and has answered or been given up. */
  boolean done() {
    return !tailscaleAwaited && queue.idle();
  }

  /** What went wrong. */
  List<String> troubles() {
    if (config.scan().isPresent() && scanAnswers == 0) {
      troubles.add("nobody answered in the range " + config.scan().get().cidr());
    }
    return troubles.list();
  }
}
