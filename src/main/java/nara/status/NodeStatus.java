package nara.status;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.clock.ClockSkew;
import nara.cluster.ClusterRequest.ClusterStatus;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.gossip.GossipRequest.ContactTimes;
import nara.gossip.GossipRequest.GossipCounts;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.mesh.server.MeshServerRequest.RequestTotals;
import nara.mesh.server.MeshServerRequest.ServerUsage;
import nara.mqtt.PlazaRequest.PlazaCounts;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.snapshot.SnapshotRequest.SnapshotState;
import nara.trust.TrustRequest.KeyConflicts;
import nara.trust.TrustRequest.TrustTotals;
import nara.trust.verifier.MeasuredVerifier.SignatureCounts;

/**
 * The state of a node at one time. A part that is off, not deployed yet or too slow to reply is
 * empty.
 *
 * @param facts of the node
 * @param at when it was read, by the node's clock
 * @param recoveries since the start
 * @param verifierFault why the node accepts no signature
 * @param clockOffset to most neighbours' clocks
 * @param clockSkew the same when it is large enough to matter
 */
public record NodeStatus(
    NodeFacts facts,
    Instant at,
    Optional<CurrentReport> recovery,
    RecoveryCounts recoveries,
    Optional<NeighbourList> neighbours,
    Optional<LedgerStats> ledger,
    Optional<TrustTotals> trust,
    Optional<KeyConflicts> conflicts,
    SignatureCounts signatures,
    Optional<String> verifierFault,
    Optional<ServerUsage> server,
    Optional<RequestTotals> requests,
    Optional<PlazaState> plaza,
    Optional<PlazaCounts> plazaCounts,
    Optional<GossipCounts> gossip,
    Optional<ContactTimes> contacts,
    Optional<RoundTripTimes> roundTrips,
    Optional<Duration> clockOffset,
    Optional<ClockSkew> clockSkew,
    Optional<SnapshotState> snapshot,
    Optional<ClusterStatus> cluster) {

  /** The checks of this node's health, in a fixed order. */
  public List<HealthCheck> checks() {
    return HealthCheck.of(this);
  }

  /** Why the node is not ready: the first check that is down. */
  public Optional<String> notReadyReason() {
    return checks().stream()
        .filter(check -> check.state() == HealthCheck.State.DOWN)
        .map(HealthCheck::reason)
        .findFirst();
  }

  /** How long ago the snapshot on disk was written; empty without one. */
  public Optional<Duration> snapshotAge() {
    return snapshot.flatMap(SnapshotState::writtenAt).map(written -> Duration.between(written, at));
  }
}
