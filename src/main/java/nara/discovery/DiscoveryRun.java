package nara.discovery;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.discovery.Neighbour.Source;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.Pong;

/** One query of all sources, without sockets: the next ping, its result, and the end. */
final class DiscoveryRun {
  /** Addresses from the plaza that a run pings: strangers choose them. */
  static final int MAX_PLAZA_TARGETS = 500;

  private final KnownNeighbours known;
  private final DiscoveryConfig config;
  private final PingQueue queue;
  private final ProblemList list = new ProblemList();
  private boolean tailscalePending;
  private int scanPongs;

  DiscoveryRun(KnownNeighbours known, DiscoveryConfig config, Optional<AddressScan> scan) {
    this.known = known;
    this.config = config;
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
    scan.ifPresent(range -> addSource(range.addresses(), Source.SCAN));
  }

  private void addSource(Stream<String> addresses, Source source) {
    queue.addSource(addresses.map(each -> new PingTarget(each, "", source)).iterator());
  }

  /** The next address to ping now, unless too many pings are in flight. */
  Optional<PingTarget> next() {
    return queue.next();
  }

  /** Adds the machines that the Tailscale daemon lists. */
  void onTailscaleStatus(TailscaleStatus status, int meshPort) {
    tailscalePending = false;
    addProblem(status.error());
    addSource(
        status.addresses().stream().map(address -> address + ":" + meshPort), Source.TAILSCALE);
  }

  /** Applies the result of a ping, which is no longer in flight. */
  void onPingOutcome(PingTarget target, PingOutcome outcome) {
    queue.pingEnded();
    switch (outcome) {
      case Pong pong -> {
        scanPongs += target.source() == Source.SCAN ? 1 : 0;
        known.onPong(target, pong).ifPresent(list::add);
      }
      case PingFailed failed -> {
        known.onNoPong(target);
        failureProblem(target, failed).ifPresent(list::add);
      }
    }
  }

  /** Only for addresses that somebody chose; in a range, most addresses do not answer. */
  private static Optional<String> failureProblem(PingTarget target, PingFailed failed) {
    String name =
        target.expectedName().isEmpty() ? "" : SafeText.quoted(target.expectedName()) + " at ";
    String reason = failed.reason().isEmpty() ? failed.failure().name() : failed.reason();
    return switch (target.source()) {
      case CONFIGURED, PLAZA ->
          Optional.of("%s%s does not answer: %s".formatted(name, target.address(), reason));
      case SCAN, TAILSCALE, HEARSAY -> Optional.empty();
    };
  }

  /** Adds a problem, unless the sentence is empty. */
  void addProblem(String sentence) {
    if (!sentence.isEmpty()) {
      list.add(sentence);
    }
  }

  /** Whether all sources and addresses were queried and replied or failed. */
  boolean isDone() {
    return !tailscalePending && queue.isIdle();
  }

  List<String> problems() {
    if (config.scan().isPresent() && scanPongs == 0) {
      list.add("nobody answered in the range " + config.scan().get().cidr());
    }
    return list.list();
  }
}
