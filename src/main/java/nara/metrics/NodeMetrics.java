package nara.metrics;

import static nara.metrics.Family.BUFFERS;
import static nara.metrics.Family.CALLS;
import static nara.metrics.Family.CHECK;
import static nara.metrics.Family.CLOCK;
import static nara.metrics.Family.CLUSTER_CAUGHT_UP;
import static nara.metrics.Family.CLUSTER_LEADER;
import static nara.metrics.Family.CLUSTER_LEADS;
import static nara.metrics.Family.CLUSTER_MEMBERS;
import static nara.metrics.Family.CLUSTER_QUORUM;
import static nara.metrics.Family.CLUSTER_REFUSED;
import static nara.metrics.Family.CLUSTER_TERM;
import static nara.metrics.Family.CONTESTED;
import static nara.metrics.Family.DURATION;
import static nara.metrics.Family.FAILURES;
import static nara.metrics.Family.FINISHED;
import static nara.metrics.Family.GOSSIP_EVENTS;
import static nara.metrics.Family.GOSSIP_EXCHANGES;
import static nara.metrics.Family.GOSSIP_ROUNDS;
import static nara.metrics.Family.INFO;
import static nara.metrics.Family.LEDGER_BYTES;
import static nara.metrics.Family.LEDGER_EVENTS;
import static nara.metrics.Family.LEDGER_MAX;
import static nara.metrics.Family.OFFERED;
import static nara.metrics.Family.PLAZA;
import static nara.metrics.Family.PLAZA_IGNORED;
import static nara.metrics.Family.PLAZA_MESSAGES;
import static nara.metrics.Family.PLAZA_RECONNECTS;
import static nara.metrics.Family.PRUNED;
import static nara.metrics.Family.QUARANTINE_BYTES;
import static nara.metrics.Family.QUARANTINE_EVENTS;
import static nara.metrics.Family.QUARANTINE_KEYS;
import static nara.metrics.Family.READY;
import static nara.metrics.Family.RECHECK;
import static nara.metrics.Family.RECOVERY_BYTES;
import static nara.metrics.Family.RECOVERY_EVENTS;
import static nara.metrics.Family.RECOVERY_RECEIVED;
import static nara.metrics.Family.REFUSED;
import static nara.metrics.Family.REMAINING;
import static nara.metrics.Family.REQUESTS;
import static nara.metrics.Family.SERVED;
import static nara.metrics.Family.SERVED_TIME;
import static nara.metrics.Family.SIGNATURES;
import static nara.metrics.Family.SIGNATURE_TIME;
import static nara.metrics.Family.SNAPSHOT_AGE;
import static nara.metrics.Family.SNAPSHOT_BYTES;
import static nara.metrics.Family.SNAPSHOT_FAILED;
import static nara.metrics.Family.SNAPSHOT_INTERVAL;
import static nara.metrics.Family.SNAPSHOT_TIME;
import static nara.metrics.Family.STAGE;
import static nara.metrics.Family.UPTIME;
import static nara.metrics.Family.VERDICTS;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import nara.cluster.ClusterRequest.ClusterStatus;
import nara.event.Service;
import nara.event.Verdict;
import nara.gossip.GossipRequest.GossipCounts;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.retention.PruneReason;
import nara.mesh.server.MeshServerRequest.PathTimes;
import nara.mesh.server.MeshServerRequest.RequestTotals;
import nara.mesh.server.MeshServerRequest.ServerUsage;
import nara.mqtt.PlazaRequest.PlazaCounts;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.snapshot.SnapshotRequest.SnapshotState;
import nara.status.HealthCheck;
import nara.status.NodeStatus;
import nara.status.RecoveryCounts;
import nara.status.SocialState;
import nara.trust.TrustRequest.TrustTotals;
import nara.trust.verifier.MeasuredVerifier.SignatureCounts;

/**
 * The state of a node as samples of all families. A family always has a sample, so alerts and
 * dashboards work before the first event. The values of labels are bounded.
 */
final class NodeMetrics {
  /** Where others are summed up: strangers choose names of peers, paths and reasons. */
  static final String OTHER = "other";

  static final List<String> OUTCOMES = List.of("running", "complete", "partial", "isolated");

  private static final List<String> RESULTS = List.of("merged", "duplicate", "rejected", "pruned");

  private static final List<String> STAGES =
      Stream.of(
              Stream.of("starting", "discovery"),
              Arrays.stream(Rung.values()).map(Rung::label),
              Stream.of(
                  "further",
                  "checkpoints",
                  "keys",
                  "pings",
                  "done",
                  "waiting for neighbours",
                  "standing by",
                  "catching up"))
          .flatMap(names -> names)
          .toList();

  private static final List<String> REFUSALS =
      List.of(
          "unauthenticated",
          "replayed",
          "rate_limited",
          "busy",
          "slow_bodies",
          "slow_readers",
          "connections_refused",
          "connections_evicted",
          "connections_timed_out");

  private final NodeStatus status;
  private final Samples samples = new Samples();

  private NodeMetrics(NodeStatus status) {
    this.status = status;
  }

  /**
   * The metrics of a node.
   *
   * @param streamClients that read the live events
   */
  static MetricSnapshots of(NodeStatus status, SocialState social, int streamClients) {
    NodeMetrics metrics = new NodeMetrics(status);
    metrics.addNode();
    metrics.addRecovery();
    metrics.addLedger();
    metrics.addTrust();
    PeerSamples.add(status, metrics.samples);
    metrics.addServer();
    metrics.addPlaza();
    metrics.addGossip();
    metrics.addSnapshot();
    metrics.addCluster();
    SocialSamples.add(social, metrics.samples);
    metrics.samples.set(Family.STREAM_CLIENTS, streamClients);
    ReferenceSamples.add(status, social, metrics.samples);
    return metrics.samples.snapshots();
  }

  private void addNode() {
    samples.set(INFO, 1, status.facts().name(), status.facts().id(), status.facts().version());
    Duration uptime = Duration.between(status.facts().startedAt(), status.at());
    samples.set(UPTIME, seconds(uptime));
    samples.set(READY, status.notReadyReason().isEmpty());
    for (HealthCheck check : status.checks()) {
      samples.set(CHECK, check.state() == HealthCheck.State.UP, check.name());
    }
    samples.set(CLOCK, seconds(status.clockOffset().orElse(Duration.ZERO)));
  }

  private void addRecovery() {
    String stage = status.recovery().map(CurrentReport::stage).orElse("starting");
    STAGES.forEach(each -> samples.set(STAGE, each.equals(stage), each));
    samples.set(STAGE, !STAGES.contains(stage), OTHER);
    String outcome = from(status.recovery(), current -> current.report().outcome(), "");
    OUTCOMES.forEach(each -> samples.set(Family.OUTCOME, each.equals(outcome), each));
    samples.set(DURATION, from(status.recovery(), each -> each.report().durationMs() / 1e3, 0.0));
    RecoveryCounts progress = status.recoveries();
    samples.setEach(
        FINISHED,
        OUTCOMES.stream().filter(each -> !each.equals("running")).toList(),
        progress.finished());
    samples.set(CALLS, progress.callsPlanned(), "planned");
    samples.set(CALLS, progress.callsCompleted(), "completed");
    samples.set(
        REMAINING,
        progress.remainingEvents().isPresent()
            ? progress.remainingEvents().getAsLong()
            : Double.NaN);
    samples.set(REQUESTS, progress.requests());
    samples.set(FAILURES, progress.failures());
    samples.set(RECOVERY_BYTES, progress.bytes());
    samples.set(RECOVERY_RECEIVED, progress.received());
    samples.setEach(RECOVERY_EVENTS, RESULTS, progress.eventsByResult());
  }

  private void addLedger() {
    Optional<LedgerStats> ledger = status.ledger();
    Map<Service, Integer> events = from(ledger, LedgerStats::byService, Map.of());
    for (Service service : Service.values()) {
      samples.set(LEDGER_EVENTS, events.getOrDefault(service, 0), service.wireName());
    }
    samples.set(LEDGER_BYTES, from(ledger, LedgerStats::bytes, 0L));
    samples.set(LEDGER_MAX, from(ledger, LedgerStats::maxEvents, 0));
    Map<PruneReason, Long> pruned = from(ledger, LedgerStats::pruned, Map.of());
    for (PruneReason reason : PruneReason.values()) {
      samples.set(PRUNED, pruned.getOrDefault(reason, 0L), reason.label());
    }
  }

  private void addTrust() {
    Optional<TrustTotals> trust = status.trust();
    samples.set(OFFERED, positive(from(trust, TrustTotals::added, 0L)), "added");
    samples.set(OFFERED, from(trust, TrustTotals::duplicate, 0L), "duplicate");
    samples.set(OFFERED, positive(from(trust, TrustTotals::dropped, 0L)), "dropped");
    samples.set(OFFERED, from(trust, TrustTotals::rejected, 0L), "rejected");
    Map<Verdict, Long> verdicts = from(trust, TrustTotals::verdicts, Map.of());
    for (Verdict verdict : Verdict.values()) {
      samples.set(VERDICTS, verdicts.getOrDefault(verdict, 0L), verdict.label());
    }
    samples.set(QUARANTINE_EVENTS, from(trust, TrustTotals::waitingEvents, 0));
    samples.set(QUARANTINE_BYTES, from(trust, TrustTotals::waitingBytes, 0L));
    samples.set(QUARANTINE_KEYS, from(trust, TrustTotals::waitingKeys, 0));
    samples.set(CONTESTED, from(status.conflicts(), found -> found.conflicts().size(), 0));
    SignatureCounts signatures = status.signatures();
    samples.set(SIGNATURES, signatures.accepted(), "valid");
    samples.set(SIGNATURES, signatures.refused(), "invalid");
    samples.set(SIGNATURE_TIME, signatures.seconds());
    samples.set(RECHECK, status.verifierFault().isPresent());
  }

  private void addServer() {
    Optional<ServerUsage> server = status.server();
    samples.setEach(REFUSED, REFUSALS, from(server, ServerUsage::refused, Map.of()));
    samples.set(BUFFERS, from(server, ServerUsage::bodyBytes, 0L), "request_bodies");
    samples.set(BUFFERS, from(server, ServerUsage::responseBytes, 0L), "responses");
    List<PathTimes> paths = from(status.requests(), RequestTotals::paths, List.of());
    samples.set(SERVED, 0, OTHER, "404");
    for (PathTimes path : paths) {
      path.byStatus()
          .forEach((code, n) -> samples.set(SERVED, n, path.path(), Integer.toString(code)));
      samples.setHistogram(
          SERVED_TIME,
          path.path(),
          status.requests().orElseThrow().bounds(),
          path.buckets(),
          path.seconds());
    }
    if (paths.isEmpty()) {
      samples.setHistogram(SERVED_TIME, OTHER, List.of(), List.of(0L), 0);
    }
  }

  private void addPlaza() {
    samples.set(PLAZA, from(status.plaza(), PlazaState::connected, false));
    Optional<PlazaCounts> counts = status.plazaCounts();
    samples.set(PLAZA_RECONNECTS, Math.max(0, from(counts, PlazaCounts::connects, 0L) - 1));
    samples.setEach(
        PLAZA_MESSAGES, List.of("hello", "goodbye"), from(counts, PlazaCounts::handled, Map.of()));
    samples.setEach(
        PLAZA_IGNORED,
        List.of("unreadable", "bad_signature"),
        from(counts, PlazaCounts::ignored, Map.of()));
  }

  private void addGossip() {
    Optional<GossipCounts> counts = status.gossip();
    samples.set(GOSSIP_ROUNDS, from(counts, GossipCounts::rounds, 0L));
    samples.set(GOSSIP_EXCHANGES, from(counts, GossipCounts::exchanges, 0L), "succeeded");
    samples.set(GOSSIP_EXCHANGES, from(counts, GossipCounts::failedExchanges, 0L), "failed");
    samples.set(GOSSIP_EVENTS, from(counts, GossipCounts::eventsAdded, 0L));
  }

  private void addSnapshot() {
    Optional<SnapshotState> snapshot = status.snapshot();
    samples.set(
        SNAPSHOT_TIME,
        from(snapshot.flatMap(SnapshotState::writtenAt), time -> time.toEpochMilli() / 1e3, 0.0));
    samples.set(SNAPSHOT_AGE, Math.max(0, seconds(status.snapshotAge().orElse(Duration.ZERO))));
    samples.set(SNAPSHOT_INTERVAL, from(snapshot, SnapshotState::intervalSeconds, 0L));
    samples.set(SNAPSHOT_BYTES, from(snapshot, SnapshotState::bytes, 0L));
    samples.set(SNAPSHOT_FAILED, from(snapshot, state -> !state.error().isEmpty(), false));
  }

  private void addCluster() {
    Optional<ClusterStatus> cluster = status.cluster();
    samples.set(CLUSTER_LEADS, from(cluster, ClusterStatus::leads, false));
    samples.set(CLUSTER_LEADER, from(cluster, state -> !state.leader().isEmpty(), false));
    samples.set(CLUSTER_TERM, from(cluster, ClusterStatus::term, 0L));
    samples.set(CLUSTER_MEMBERS, from(cluster, state -> state.members().size(), 0));
    samples.set(CLUSTER_QUORUM, from(cluster, ClusterStatus::quorum, 0));
    samples.set(CLUSTER_CAUGHT_UP, from(cluster, ClusterStatus::caughtUp, false));
    samples.set(CLUSTER_REFUSED, from(cluster, ClusterStatus::refusedCount, 0L));
  }

  private static <T, R> R from(Optional<T> part, Function<T, R> value, R absent) {
    return part.map(value).orElse(absent);
  }

  /** The events that left the ledger are subtracted from those added. */
  private static long positive(long number) {
    return Math.max(0, number);
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
