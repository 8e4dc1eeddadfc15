package nara.discovery;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.discovery.Neighbour.Source;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.PeerAddress;

/** One query of all sources, without sockets: the next ping, its result, and the end. */
final class DiscoveryRun {
  /** Addresses from the plaza that a run pings: strangers choose them. */
  static final int MAX_PLAZA_TARGETS = 500;

  private final KnownNeighbours known;
  private final DiscoveryConfig config;
  private final Optional<AddressScan> scan;
  private final PingQueue queue;
  private final ProblemList problemList = new ProblemList();
  private final Map<String, ConfiguredAttempt> attempts = new HashMap<>();
  private final Map<String, String> claimFailures = new LinkedHashMap<>();
  private boolean tailscalePending;
  private int otherWork;
  private int scanPongs;
  private int tailscaleMachines;
  private int tailscalePongs;

  /** The pings of one configured peer: it may have several addresses, and one is enough. */
  private static final class ConfiguredAttempt {
    private final DiscoveryConfig.ConfiguredPeer peer;
    private int left;
    private boolean answered;

    private ConfiguredAttempt(DiscoveryConfig.ConfiguredPeer peer) {
      this.peer = peer;
    }
  }

  DiscoveryRun(KnownNeighbours known, DiscoveryConfig config, Optional<AddressScan> scan) {
    this.known = known;
    this.config = config;
    this.queue = new PingQueue(config.pingsAtOnce());
    this.tailscalePending = !config.tailscaleSocket().isEmpty();
    this.scan = scan;
  }

  /** Adds the addresses that other naras announced, and the range. Configured peers go first. */
  void addOthers() {
    queue.addSource(known.announcedTargets(MAX_PLAZA_TARGETS).iterator());
    scan.ifPresent(range -> addSource(range.addresses(), Source.SCAN));
  }

  /** Adds a configured peer with the addresses of its host; none while they are looked up. */
  void addConfigured(DiscoveryConfig.ConfiguredPeer peer, List<String> addresses) {
    if (!peer.name().isEmpty()) {
      known.addConfigured(peer.name(), addresses);
    }
    ConfiguredAttempt attempt = new ConfiguredAttempt(peer);
    List<PingTarget> targets =
        addresses.stream()
            .filter(address -> attempts.putIfAbsent(address, attempt) == null)
            .map(address -> new PingTarget(address, peer.name(), Source.CONFIGURED))
            .toList();
    attempt.left = targets.size();
    queue.addSource(targets.iterator());
  }

  /** Other work began, a lookup or a proof: the run waits for its end. */
  void workBegan() {
    otherWork++;
  }

  void workEnded() {
    otherWork--;
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
    tailscaleMachines = status.addresses().size();
    addSource(
        status.addresses().stream().map(host -> new PeerAddress(host, meshPort).toString()),
        Source.TAILSCALE);
  }

  /** Applies the result of a ping, which is no longer in flight. */
  void onPingOutcome(PingTarget target, PingOutcome outcome) {
    queue.pingEnded();
    ConfiguredAttempt attempt =
        target.source() == Source.CONFIGURED ? attempts.get(target.address()) : null;
    if (attempt != null) {
      attempt.left--;
      attempt.answered |= outcome instanceof Pong;
    }
    switch (outcome) {
      case Pong pong -> {
        scanPongs += target.source() == Source.SCAN ? 1 : 0;
        tailscalePongs += target.source() == Source.TAILSCALE ? 1 : 0;
        known.onPong(target, pong).ifPresent(problemList::add);
      }
      case PingFailed failed -> {
        known.onNoPong(target);
        if (attempt == null) {
          failureProblem(target, target.address(), failed)
              .ifPresent(problem -> claimFailures.put(target.expectedName(), problem));
        } else if (attempt.left == 0 && !attempt.answered) {
          failureProblem(target, attempt.peer.address(), failed).ifPresent(problemList::add);
        }
      }
    }
  }

  /** Only for addresses that somebody chose; in a range, most addresses do not answer. */
  private static Optional<String> failureProblem(
      PingTarget target, String address, PingFailed failed) {
    String name =
        target.expectedName().isEmpty() ? "" : SafeText.quoted(target.expectedName()) + " at ";
    String reason = failed.reason().isEmpty() ? failed.failure().name() : failed.reason();
    return switch (target.source()) {
      case CONFIGURED, PLAZA ->
          Optional.of("%s%s does not answer: %s".formatted(name, address, reason));
      case SCAN, TAILSCALE, HEARSAY -> Optional.empty();
    };
  }

  /** Adds a problem, unless the sentence is empty. */
  void addProblem(String sentence) {
    if (!sentence.isEmpty()) {
      problemList.add(sentence);
    }
  }

  /** Whether all sources and addresses were queried and replied or failed. */
  boolean isDone() {
    return !tailscalePending && otherWork == 0 && queue.isIdle();
  }

  List<String> problems() {
    // A stranger may claim any address for a nara, so a nara that responds elsewhere has no
    // problem.
    claimFailures.forEach(
        (name, problem) -> {
          if (!known.isReachable(name)) {
            problemList.add(problem);
          }
        });
    claimFailures.clear();
    if (config.scan().isPresent() && scanPongs == 0) {
      problemList.add("nobody answered in the range " + config.scan().get().cidr());
    }
    if (tailscaleMachines > 0 && tailscalePongs == 0) {
      problemList.add(
          "Tailscale: %d %s asked, none is a nara"
              .formatted(tailscaleMachines, tailscaleMachines == 1 ? "machine" : "machines"));
    }
    return problemList.list();
  }
}
