package nara.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerReconciled;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;

/**
 * Compares what a node already has with each neighbour, and fetches what is lacking.
 *
 * <p>Whoever was compared to the end has nothing more to give. The others, most of whom cannot
 * reconcile at all, are left to the next rung.
 */
final class ReconcileRung implements RungExecution {
  private final List<Peer> peers;
  private final PeerScores peerScores;
  private final Duration timeout;
  private final int firstCallId;
  private final Map<Peer, ReconcileOutcome> outcomes = new LinkedHashMap<>();
  private boolean started;

  ReconcileRung(List<Peer> peers, PeerScores peerScores, RecoveryConfig config, int firstCallId) {
    this.peers = List.copyOf(peers);
    this.peerScores = peerScores;
    this.timeout = config.timeout(MeshLimits.FETCH_HASHES);
    this.firstCallId = firstCallId;
  }

  /** All at once: the mesh lets them wait for each other. */
  @Override
  public List<PlanCommand> startCalls() {
    List<PlanCommand> planCommands = new ArrayList<>();
    for (int i = 0; !started && i < peers.size(); i++) {
      planCommands.add(new PlanCommand.StartReconcile(firstCallId + i, peers.get(i), timeout));
    }
    started = true;
    return planCommands;
  }

  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    return false;
  }

  @Override
  public boolean onCallEnded(int callId, ReconcileOutcome outcome) {
    int index = callId - firstCallId;
    if (index < 0 || index >= peers.size() || outcomes.containsKey(peers.get(index))) {
      return false;
    }
    Peer peer = peers.get(index);
    outcomes.put(peer, outcome);
    switch (outcome) {
      case PeerReconciled peerReconciled -> {
        peerScores.onCallEnded(peer, toFetchOutcome(peerReconciled));
        if (!peerReconciled.isComplete()) {
          peerScores.onCallEnded(
              peer, new FetchFailed(MeshFailure.MALFORMED, peerReconciled.incompleteReason()));
        }
      }
      case ReconcileFailed not ->
          peerScores.onCallEnded(peer, new FetchFailed(not.failure(), not.reason()));
    }
    return true;
  }

  private static FetchOutcome toFetchOutcome(PeerReconciled peerReconciled) {
    return new PageFetched(
        peerReconciled.comparedBytes() + peerReconciled.fetchedBytes(),
        peerReconciled.offerResult().received(),
        0,
        0,
        Optional.empty(),
        false,
        List.of(),
        peerReconciled.offerResult(),
        Duration.ZERO);
  }

  @Override
  public boolean finished() {
    return outcomes.size() == peers.size();
  }

  /** Whether nobody could be compared with, so that nothing is known of what is lacking. */
  @Override
  public boolean failed() {
    return outcomes.values().stream().noneMatch(PeerReconciled.class::isInstance);
  }

  /** Nothing: the neighbours that were not compared to the end are still to be asked. */
  @Override
  public String lossDescription() {
    return "";
  }

  /** The peers whose events may still be lacking. */
  @Override
  public List<Peer> peersForNextRung() {
    return peers.stream().filter(peer -> !isComplete(outcomes.get(peer))).toList();
  }

  private static boolean isComplete(ReconcileOutcome outcome) {
    return outcome instanceof PeerReconciled peerReconciled && peerReconciled.isComplete();
  }

  @Override
  public int nextCallId() {
    return firstCallId + peers.size();
  }

  @Override
  public int plannedCalls() {
    return peers.size();
  }

  @Override
  public int completedCalls() {
    return outcomes.size();
  }

  @Override
  public String summary() {
    int exchanges = 0;
    long lacking = 0;
    long bytes = 0;
    String trouble = "";
    for (Map.Entry<Peer, ReconcileOutcome> each : outcomes.entrySet()) {
      switch (each.getValue()) {
        case PeerReconciled r -> {
          exchanges += r.rounds() + r.fetchRequests();
          lacking += r.missing();
          bytes += r.comparedBytes();
          trouble = r.isComplete() ? trouble : each.getKey().name() + ": " + r.incompleteReason();
        }
        case ReconcileFailed not -> trouble = each.getKey().name() + ": " + not.reason();
      }
    }
    String sentence =
        "%d of %d neighbours compared to the end in %d exchanges; %d events were lacking, %d bytes beside them"
            .formatted(
                peers.size() - peersForNextRung().size(), peers.size(), exchanges, lacking, bytes);
    return trouble.isEmpty() ? sentence : sentence + "; " + trouble;
  }
}
