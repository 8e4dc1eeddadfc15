package nara.status;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nara.clock.ClockSkew;
import nara.cluster.ClusterRequest.ClusterStatus;
import nara.discovery.Neighbour;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.snapshot.SnapshotRequest.SnapshotState;

/**
 * One named check of a node's health.
 *
 * @param name one of a fixed list: {@code recovery}, {@code neighbours} …
 * @param reason why it is not up, in a sentence; empty when it is
 */
public record HealthCheck(String name, State state, String reason) {
  /** The result of a check. */
  public enum State {
    UP,
    /** The node works, but somebody should look at it. */
    WARNING,
    /** The node is not ready. */
    DOWN;

    /** The name in JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A snapshot that is older than so many intervals is stale: its writes fail or hang. */
  static final int STALE_INTERVALS = 3;

  static List<HealthCheck> of(NodeStatus status) {
    NodeFacts.Parts parts = status.facts().parts();
    List<HealthCheck> checks = new ArrayList<>();
    checks.add(down("recovery", recovery(status)));
    checks.add(down("recheck", status.verifierFault()));
    checks.add(warning("neighbours", neighbours(status)));
    if (parts.broker()) {
      checks.add(warning("broker", broker(status)));
    }
    if (parts.snapshot()) {
      checks.add(warning("snapshot", snapshot(status)));
    }
    checks.add(warning("clock", status.clockSkew().map(ClockSkew::sentence)));
    if (parts.cluster()) {
      checks.add(down("cluster_quorum", quorum(status)));
    }
    return List.copyOf(checks);
  }

  private static HealthCheck down(String name, Optional<String> reason) {
    return new HealthCheck(name, reason.isEmpty() ? State.UP : State.DOWN, reason.orElse(""));
  }

  private static HealthCheck warning(String name, Optional<String> reason) {
    return new HealthCheck(name, reason.isEmpty() ? State.UP : State.WARNING, reason.orElse(""));
  }

  private static Optional<String> recovery(NodeStatus status) {
    return status.recovery().isEmpty()
        ? Optional.of("the node is starting or stopping")
        : status.recovery().map(CurrentReport::notReadyReason).filter(text -> !text.isEmpty());
  }

  private static Optional<String> neighbours(NodeStatus status) {
    boolean anyOnline =
        status.neighbours().stream()
            .flatMap(list -> list.neighbours().stream())
            .anyMatch(Neighbour::online);
    boolean follows = status.cluster().filter(cluster -> !cluster.leads()).isPresent();
    return anyOnline || follows ? Optional.empty() : Optional.of("no neighbour is online");
  }

  private static Optional<String> broker(NodeStatus status) {
    return status.plaza().filter(state -> !state.connected()).map(state -> state.error());
  }

  private static Optional<String> snapshot(NodeStatus status) {
    if (status.snapshot().isEmpty()) {
      return Optional.of("the snapshot's part of the node does not reply");
    }
    SnapshotState state = status.snapshot().get();
    if (!state.error().isEmpty()) {
      return Optional.of("the last snapshot could not be written: " + state.error());
    }
    // The first one is due an interval after the start.
    Duration uptime = Duration.between(status.facts().startedAt(), status.at());
    Duration age = status.snapshotAge().orElse(uptime);
    Duration least = age.compareTo(uptime) < 0 ? age : uptime;
    return least.toSeconds() > STALE_INTERVALS * state.intervalSeconds()
        ? Optional.of("the newest snapshot is %s old".formatted(ClockSkew.inWords(age)))
        : Optional.empty();
  }

  private static Optional<String> quorum(NodeStatus status) {
    if (status.cluster().isEmpty()) {
      return Optional.of("the cluster's part of the node does not reply");
    }
    ClusterStatus cluster = status.cluster().get();
    return cluster.hasQuorum()
        ? Optional.empty()
        : Optional.of(
            "%d of the cluster's members are present, and %d are needed"
                .formatted(cluster.members().size(), cluster.quorum()));
  }
}
