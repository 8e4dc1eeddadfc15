package nara.discovery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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

  /** Pings of configured peers in flight: none waits for the silence of others. */
  static final int MAX_CONFIGURED_IN_FLIGHT = 256;

  /** Configured peers that one sentence names. */
  private static final int MAX_NAMED = 3;

  /** How the reason begins when a server answers with another status than 200. */
  private static final String STATUS = "answers ";

  private final KnownNeighbours known;
  private final DiscoveryConfig config;
  private final Optional<AddressScan> scan;
  private final Deque<PingTarget> configured = new ArrayDeque<>();
  private int configuredInFlight;
  private final PingQueue queue;
  private final ProblemList problemList = new ProblemList();

  /** The first address that the operator gave without a name, by the name that responded there. */
  private final Map<String, String> unnamedAddresses = new HashMap<>();

  private final Map<String, ConfiguredAttempt> attempts = new LinkedHashMap<>();
  private final Map<String, String> lookupFailures = new LinkedHashMap<>();
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
    private String failure = "";

    private ConfiguredAttempt(DiscoveryConfig.ConfiguredPeer peer) {
      this.peer = peer;
    }

    private boolean failed() {
      return left == 0 && !answered;
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
    configured.addAll(targets);
  }

  /** Takes out the configured peers that have not answered, to ping them again. */
  List<DiscoveryConfig.ConfiguredPeer> takeUnanswered() {
    List<DiscoveryConfig.ConfiguredPeer> unanswered =
        attempts.values().stream()
            .filter(ConfiguredAttempt::failed)
            .map(attempt -> attempt.peer)
            .distinct()
            .toList();
    attempts.values().removeIf(ConfiguredAttempt::failed);
    return unanswered;
  }

  /** The lookup of a configured host ended; {@code failure} is empty when it succeeded. */
  void lookupEnded(String host, String failure) {
    otherWork--;
    if (failure.isEmpty()) {
      lookupFailures.remove(host);
    } else {
      lookupFailures.put(host, failure);
    }
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
    if (configured.isEmpty() || configuredInFlight == MAX_CONFIGURED_IN_FLIGHT) {
      return queue.next();
    }
    configuredInFlight++;
    return Optional.of(configured.poll());
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

  /**
   * Applies the result of a ping, which is no longer in flight.
   *
   * @return whether a nara responded and was accepted
   */
  boolean onPingOutcome(PingTarget target, PingOutcome outcome) {
    if (target.source() == Source.CONFIGURED) {
      configuredInFlight--;
    } else {
      queue.pingEnded();
    }
    ConfiguredAttempt attempt =
        target.source() == Source.CONFIGURED ? attempts.get(target.address()) : null;
    if (attempt != null) {
      attempt.left--;
      attempt.answered |= outcome instanceof Pong;
    }
    return switch (outcome) {
      case Pong pong -> {
        scanPongs += target.source() == Source.SCAN ? 1 : 0;
        tailscalePongs += target.source() == Source.TAILSCALE ? 1 : 0;
        Optional<String> problem = known.onPong(target, pong);
        problem.or(() -> twice(attempt, pong)).ifPresent(problemList::add);
        yield problem.isEmpty();
      }
      case PingFailed failed -> {
        known.onNoPong(target);
        if (attempt == null) {
          failureProblem(target, target.address(), failed)
              .ifPresent(problem -> claimFailures.put(target.expectedName(), problem));
        } else {
          attempt.failure =
              failureProblem(target, attempt.peer.address(), failed).orElse(attempt.failure);
        }
        yield false;
      }
    };
  }

  /**
   * The operator gave two addresses without a name, and one nara responds at both. It may be one
   * node, or two with the same soul, of which only one is asked.
   */
  private Optional<String> twice(ConfiguredAttempt attempt, Pong pong) {
    if (attempt == null || !attempt.peer.name().isEmpty() || known.isThisNode(pong)) {
      return Optional.empty();
    }
    String address = attempt.peer.address();
    String first = unnamedAddresses.putIfAbsent(pong.name(), address);
    return first == null || first.equals(address)
        ? Optional.empty()
        : Optional.of(
            "%s responds at %s and at %s: one of them is asked; two nodes need two souls"
                .formatted(SafeText.quoted(pong.name()), first, address));
  }

  /** Only for addresses that somebody chose; in a range, most addresses do not answer. */
  private static Optional<String> failureProblem(
      PingTarget target, String address, PingFailed failed) {
    String name =
        target.expectedName().isEmpty() ? "" : SafeText.quoted(target.expectedName()) + " at ";
    String reason = failed.reason().isEmpty() ? failed.failure().name() : failed.reason();
    return switch (target.source()) {
      case CONFIGURED, PLAZA ->
          Optional.of(
              reason.startsWith(STATUS)
                  ? "%s%s answers, but with %s"
                      .formatted(name, address, reason.substring(STATUS.length()))
                  : "%s%s does not answer: %s".formatted(name, address, reason));
      case SCAN, TAILSCALE, STASH, HEARSAY -> Optional.empty();
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
    return !tailscalePending
        && otherWork == 0
        && configuredInFlight == 0
        && configured.isEmpty()
        && queue.isIdle();
  }

  /**
   * The problems so far.
   *
   * @param anyOnline whether a neighbour was found: then an empty range is no problem
   */
  List<String> problems(boolean anyOnline) {
    ProblemList all = new ProblemList();
    problemList.list().forEach(all::add);
    lookupFailures.values().forEach(all::add);
    attempts.values().stream()
        .filter(ConfiguredAttempt::failed)
        .filter(attempt -> !known.responds(attempt.peer.address()))
        .forEach(attempt -> all.add(attempt.failure));
    unansweredSentence().ifPresent(all::add);
    // A stranger may claim any address for a nara, so a nara that responds elsewhere has no
    // problem. One that has left has none either: in a changing network many have.
    claimFailures.forEach(
        (name, problem) -> {
          if (known.isOnline(name) && !known.isReachable(name)) {
            all.add(problem);
          }
        });
    if (!anyOnline && isDone() && config.scan().isPresent() && scanPongs == 0) {
      all.add("nobody answered in the range " + config.scan().get().cidr());
    }
    if (!anyOnline && isDone() && tailscaleMachines > 0 && tailscalePongs == 0) {
      all.add(
          "Tailscale: %d %s asked, none is a nara"
              .formatted(tailscaleMachines, tailscaleMachines == 1 ? "machine" : "machines"));
    }
    return all.list();
  }

  /** Configured peers whose pings are not over. */
  private Optional<String> unansweredSentence() {
    List<String> waiting =
        attempts.values().stream()
            .filter(attempt -> attempt.left > 0 && !attempt.answered)
            .map(attempt -> attempt.peer.text())
            .distinct()
            .toList();
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    String names =
        waiting.stream().limit(MAX_NAMED).map(SafeText::excerpt).collect(Collectors.joining(", "));
    int others = waiting.size() - MAX_NAMED;
    return Optional.of(
        "%d configured %s not answered yet: %s%s"
            .formatted(
                waiting.size(),
                waiting.size() == 1 ? "peer has" : "peers have",
                names,
                others > 0 ? " and %d others".formatted(others) : ""));
  }
}
