package nara.status;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.bus.Timeouts;
import nara.cluster.ClusterRequest;
import nara.discovery.DiscoveryRequest;
import nara.gossip.GossipRequest;
import nara.ledger.LedgerRequest;
import nara.liveness.LivenessRequest;
import nara.mesh.server.MeshServerRequest;
import nara.mqtt.PlazaRequest;
import nara.recovery.RecoveryNotification;
import nara.recovery.RecoveryRequest;
import nara.snapshot.SnapshotRequest;
import nara.trust.TrustRequest;

/**
 * Reads the state of the node from its parts. Readers at the same time share one read, so scrapes
 * and status pages cost the parts little. Lives on one event loop.
 */
public final class NodeStatusReader {
  private final Bus bus;
  private final NodeFacts facts;
  private final Duration timeout;
  private final RecoveryTotals recoveries = new RecoveryTotals();
  private Future<NodeStatus> running = Future.succeededFuture();

  /** Reads that wait for each part as long as a status page does. */
  public NodeStatusReader(Bus bus, NodeFacts facts) {
    this(bus, facts, Timeouts.STATUS);
  }

  NodeStatusReader(Bus bus, NodeFacts facts, Duration timeout) {
    this.bus = bus;
    this.facts = facts;
    this.timeout = timeout;
    bus.subscribe(
        RecoveryNotification.ADDRESS, RecoveryNotification.class, this::onRecoveryNotification);
  }

  private void onRecoveryNotification(RecoveryNotification notification) {
    switch (notification) {
      case RecoveryNotification.RecoveryProgressed progressed -> recoveries.onProgress(progressed);
      case RecoveryNotification.RecoveryFinished done -> recoveries.onFinished(done.report());
    }
  }

  /** The state of the node. Never fails: parts that do not reply are empty. */
  public Future<NodeStatus> read() {
    if (running.isComplete()) {
      running = readParts();
    }
    return running;
  }

  private Future<NodeStatus> readParts() {
    Future<Optional<RecoveryRequest.CurrentReport>> recovery =
        ask(RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport());
    Future<Optional<DiscoveryRequest.NeighbourList>> neighbours =
        ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours());
    Future<Optional<LedgerRequest.LedgerStats>> ledger =
        ask(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats());
    Future<Optional<TrustRequest.TrustTotals>> trust =
        ask(TrustRequest.ADDRESS, new TrustRequest.ReadTrustTotals());
    Future<Optional<TrustRequest.KeyConflicts>> conflicts =
        ask(TrustRequest.ADDRESS, new TrustRequest.ListKeyConflicts());
    Future<Optional<MeshServerRequest.ServerUsage>> server =
        ask(MeshServerRequest.ADDRESS, new MeshServerRequest.GetServerUsage());
    Future<Optional<MeshServerRequest.RequestTotals>> requests =
        ask(MeshServerRequest.ADDRESS, new MeshServerRequest.GetRequestTotals());
    Future<Optional<PlazaRequest.PlazaState>> plaza =
        ask(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState());
    Future<Optional<PlazaRequest.PlazaCounts>> plazaCounts =
        ask(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaCounts());
    Future<Optional<GossipRequest.GossipCounts>> gossip =
        ask(GossipRequest.ADDRESS, new GossipRequest.GetGossipCounts());
    Future<Optional<GossipRequest.ContactTimes>> contacts =
        ask(GossipRequest.ADDRESS, new GossipRequest.GetContactTimes());
    Future<Optional<LivenessRequest.RoundTripTimes>> roundTrips =
        ask(LivenessRequest.ADDRESS, new LivenessRequest.GetRoundTripTimes());
    Future<Optional<SnapshotRequest.SnapshotState>> snapshot =
        ask(SnapshotRequest.ADDRESS, new SnapshotRequest.GetSnapshotState());
    Future<Optional<ClusterRequest.ClusterStatus>> cluster =
        ask(ClusterRequest.ADDRESS, new ClusterRequest.GetClusterStatus());
    return Future.join(
            List.of(
                recovery,
                neighbours,
                ledger,
                trust,
                conflicts,
                server,
                requests,
                plaza,
                plazaCounts,
                gossip,
                contacts,
                roundTrips,
                snapshot,
                cluster))
        .map(
            all -> {
              recovery.result().ifPresent(current -> recoveries.onReport(current.report()));
              return new NodeStatus(
                  facts,
                  facts.clock().instant(),
                  recovery.result(),
                  recoveries.counts(),
                  neighbours.result(),
                  ledger.result(),
                  trust.result(),
                  conflicts.result(),
                  facts.verifier().counts(),
                  facts.verifier().tripReason(),
                  server.result(),
                  requests.result(),
                  plaza.result(),
                  plazaCounts.result(),
                  gossip.result(),
                  contacts.result(),
                  roundTrips.result(),
                  facts.networkClock().offset(),
                  facts.networkClock().skew(),
                  snapshot.result(),
                  cluster.result());
            });
  }

  private <R extends BusMessage> Future<Optional<R>> ask(String address, Request<R> request) {
    return bus.request(address, request, timeout).map(Optional::of).otherwise(Optional.empty());
  }
}
