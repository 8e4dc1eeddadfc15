package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerReconciled;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;

/**
 * Compares the ledger with each peer's and fetches the missing events.
 *
 * <p>A peer that was compared completely has nothing more to give. The next rung asks the others,
 * most of which do not support reconciliation.
 */
final class ReconcileRung implements RungExecution {
  private final List<Peer> peers;
  private final List<Peer> spares;
  private final PeerScores peerScores;
  private final Duration timeout;
  private final IntSupplier callIds;
  private final Map<Integer, Peer> calls = new HashMap<>();
  private final Map<Peer, ReconcileOutcome> outcomes = new LinkedHashMap<>();
  private boolean waits;

  ReconcileRung(List<Peer> peers, PeerScores scores, RecoveryConfig config, IntSupplier callIds) {
    this.peers = List.copyOf(peers.subList(0, Math.min(peers.size(), config.maxPeers())));
    this.spares = List.copyOf(peers.subList(this.peers.size(), peers.size()));
    this.peerScores = scores;
    this.timeout = config.timeout(MeshLimits.FETCH_HASHES);
    this.callIds = callIds;
  }

  /**
   * Starts all calls at once: the mesh client runs them one after the other. So each silent peer
   * delays the others, and does not get long.
   */
  @Override
  public List<PlanCommand> startCalls(Instant now) {
    List<PlanCommand> commands = new ArrayList<>();
    for (Peer peer : calls.isEmpty() ? peers : List.<Peer>of()) {
      int callId = callIds.getAsInt();
      calls.put(callId, peer);
      commands.add(new PlanCommand.StartReconcile(callId, peer, timeout));
    }
    if (!waits && !finished()) {
      waits = true;
      commands.add(new PlanCommand.WaitUntil(now.plus(RecoveryLimits.SILENT_RECONCILE_PATIENCE)));
    }
    return commands;
  }

  /** Leaves the silent peers to the next rung, once others have responded. */
  @Override
  public void onTimerFired() {
    waits = false;
    if (!peerScores.anyResponded()) {
      return;
    }
    for (Peer peer : peers) {
      if (!peerScores.of(peer.name()).hasSentAnything()) {
        outcomes.putIfAbsent(
            peer, new ReconcileFailed(MeshFailure.STALLED, "it was silent, and others were not"));
      }
    }
  }

  /** The timer of the former leader is lost. */
  @Override
  public void onResumed() {
    waits = false;
  }

  @Override
  public boolean onCallEnded(int callId, ReconcileOutcome outcome) {
    Peer peer = calls.get(callId);
    if (peer == null || outcomes.putIfAbsent(peer, outcome) != null) {
      return false;
    }
    peerScores.onCallEnded(peer, outcome);
    return true;
  }

  @Override
  public boolean finished() {
    return outcomes.size() == peers.size();
  }

  @Override
  public boolean failed() {
    return outcomes.values().stream().noneMatch(PeerReconciled.class::isInstance);
  }

  @Override
  public List<Peer> peersForNextRung() {
    List<Peer> rest =
        new ArrayList<>(peers.stream().filter(peer -> !isCompared(outcomes.get(peer))).toList());
    if (!rest.isEmpty()) {
      // They take the places of those that failed.
      rest.addAll(spares);
    }
    return rest;
  }

  private static boolean isCompared(ReconcileOutcome outcome) {
    return outcome instanceof PeerReconciled done && done.isComplete();
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
    long missing = 0;
    long bytes = 0;
    String problem = "";
    for (Map.Entry<Peer, ReconcileOutcome> entry : outcomes.entrySet()) {
      String name = entry.getKey().name();
      switch (entry.getValue()) {
        case PeerReconciled done -> {
          exchanges += done.rounds() + done.fetchRequests();
          missing += done.missing();
          bytes += done.comparedBytes();
          problem = done.isComplete() ? problem : name + ": " + done.incompleteReason();
        }
        case ReconcileFailed failed -> problem = name + ": " + failed.reason();
      }
    }
    String sentence =
        "%d of %d %s compared completely in %d %s; %d %s missing, %d bytes of overhead"
            .formatted(
                outcomes.values().stream().filter(ReconcileRung::isCompared).count(),
                peers.size(),
                peers.size() == 1 ? "neighbour" : "neighbours",
                exchanges,
                exchanges == 1 ? "exchange" : "exchanges",
                missing,
                missing == 1 ? "event was" : "events were",
                bytes);
    return problem.isEmpty() ? sentence : sentence + "; " + problem;
  }
}
