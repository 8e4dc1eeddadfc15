package nara.discovery;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.discovery.Neighbour.Source;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.Pong;

/**
 * One asking of all sources, as far as it does without sockets: whom to ping next, what each answer
 * says, and whether everybody was asked.
 *
 * <p>Not safe for use from several threads.
 */
final class DiscoveryRun {
  /** Addresses told on the plaza that are tried, at most: strangers chose them. */
  static final int MAX_PLAZA_TARGETS = 500;

  private final KnownNeighbours known;
  private final DiscoveryConfig config;
  private final Instant startedAt;
  private final PingQueue queue;
  private final ProblemList problemList = new ProblemList();
  private boolean tailscalePending;
  private int scanPongs;

  /**
   * A run over everything that is configured or was told.
   *
   * @param scan the configured range, read
   */
  DiscoveryRun(
      KnownNeighbours known,
      DiscoveryConfig config,
      Optional<AddressScan> scan,
      Instant startedAt) {
    this.known = known;
    this.config = config;
    this.startedAt = startedAt;
    this.queue = new PingQueue(config.pingsAtOnce());
    this.tailscalePending = !config.tailscaleSocket().isEmpty();
    for (DiscoveryConfig.ConfiguredPeer peer : config.peers()) {
      if (!peer.name().isEmpty()) {
        known.addConfigured(peer.name(), peer.address());
      }
    }
    queue.addSource(
        config.peers().stream()
            .map(peer -> new PingTarget(peer.address(), peer.name(), Source.CONFIGURED))
            .iterator());
    queue.addSource(known.plazaTargets(MAX_PLAZA_TARGETS).iterator());
    scan.map(AddressScan::addresses).map(DiscoveryRun::scanTargets).ifPresent(queue::addSource);
  }

  private static Iterator<PingTarget> scanTargets(Iterator<String> addresses) {
    return Stream.generate(() -> addresses)
        .takeWhile(Iterator::hasNext)
        .map(each -> new PingTarget(each.next(), "", Source.SCAN))
        .iterator();
  }

  /** When it began. */
  Instant startedAt() {
    return startedAt;
  }

  /** The next address to ping now, if one may be. */
  Optional<PingTarget> next() {
    return queue.next();
  }

  /** Takes what the Tailscale daemon said. */
  void onTailscaleStatus(TailscaleStatus status, int meshPort) {
    tailscalePending = false;
    addProblem(status.error());
    queue.addSource(
        status.addresses().stream()
            .map(address -> new PingTarget(address + ":" + meshPort, "", Source.TAILSCALE))
            .iterator());
  }

  /** Takes how a ping went; it no longer counts as under way. */
  void onPingOutcome(PingTarget pingTarget, PingOutcome outcome) {
    queue.pingEnded();
    switch (outcome) {
      case Pong pong -> {
        scanPongs += pingTarget.source() == Source.SCAN ? 1 : 0;
        known.onPong(pingTarget, pong).ifPresent(problemList::add);
      }
      case PingFailed noPong -> {
        known.onNoPong(pingTarget);
        noPongProblem(pingTarget, noPong).ifPresent(problemList::add);
      }
    }
  }

  /** Of the addresses that somebody chose, silence is told; in a range it is the ordinary case. */
  private static Optional<String> noPongProblem(PingTarget pingTarget, PingFailed noPong) {
    String name =
        pingTarget.expectedName().isEmpty()
            ? ""
            : SafeText.quoted(pingTarget.expectedName()) + " at ";
    String reason = noPong.reason().isEmpty() ? noPong.failure().name() : noPong.reason();
    return switch (pingTarget.source()) {
      case CONFIGURED, PLAZA ->
          Optional.of("%s%s does not answer: %s".formatted(name, pingTarget.address(), reason));
      case SCAN, TAILSCALE, HEARSAY -> Optional.empty();
    };
  }

  /** Takes note of a trouble; the empty sentence is none. */
  void addProblem(String sentence) {
    if (!sentence.isEmpty()) {
      problemList.add(sentence);
    }
  }

  /** Whether everybody was asked and has answered or been given up. */
  boolean isDone() {
    return !tailscalePending && queue.isIdle();
  }

  /** What went wrong. */
  List<String> problems() {
    if (config.scan().isPresent() && scanPongs == 0) {
      problemList.add("nobody answered in the range " + config.scan().get().cidr());
    }
    return problemList.list();
  }
}
