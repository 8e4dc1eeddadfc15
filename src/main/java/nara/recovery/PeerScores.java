package nara.recovery;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerReconciled;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.wire.MeshFailure;

/** The score of each peer, over all rungs of one recovery. */
public final class PeerScores {
  private final Map<String, PeerScore> byName = new LinkedHashMap<>();
  private Instant deadline = Instant.MIN;

  /** Until when the recovery waits for lost peers; by default it does not. */
  public Instant deadline() {
    return deadline;
  }

  public void setDeadline(Instant until) {
    deadline = until;
  }

  public void onCallEnded(Peer peer, FetchOutcome outcome) {
    switch (outcome) {
      case PageFetched page -> {
        of(peer.name()).onResponse(page.offerResult());
        if (!page.fault().isEmpty()) {
          of(peer.name()).onInvalidResponse(page.fault());
        }
      }
      case FetchFailed failed -> of(peer.name()).onFailure(failed.failure(), failed.reason());
    }
  }

  void onCallEnded(Peer peer, ReconcileOutcome outcome) {
    PeerScore score = of(peer.name());
    switch (outcome) {
      case PeerReconciled reconciled -> {
        score.onResponse(reconciled.offerResult());
        if (!reconciled.isComplete()) {
          score.onFailure(MeshFailure.MALFORMED, reconciled.incompleteReason());
        }
      }
      case ReconcileFailed failed -> score.onFailure(failed.failure(), failed.reason());
    }
  }

  public PeerScore of(String name) {
    return byName.computeIfAbsent(name, first -> new PeerScore());
  }

  /** Whether the peer may get more calls: it was not dropped and does not keep failing. */
  public boolean usable(String name) {
    return of(name).usable();
  }

  /** Whether the peer may get calls for events that no other peer gave. */
  public boolean usableAsLastResort(String name) {
    return of(name).usableAsLastResort();
  }

  /** Whether other peers may leave a range to this one. */
  public boolean trusted(String name) {
    return of(name).usable() && !of(name).suspect();
  }

  /** Whether the peer gets work before others: it is trusted and does not stall. */
  public boolean preferred(String name) {
    return trusted(name) && of(name).responsive();
  }

  /** The dropped peers, each with its reason. */
  public List<String> droppedPeers() {
    return byName.entrySet().stream()
        .filter(e -> !e.getValue().dropReason().isEmpty())
        .map(e -> "%s (%s)".formatted(e.getKey(), e.getValue().dropReason()))
        .toList();
  }

  /** The peers whose ranges others fetched again, without the dropped ones. */
  public List<String> suspectPeers() {
    return byName.entrySet().stream()
        .filter(e -> e.getValue().suspect() && e.getValue().dropReason().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The time for newcomers is over. */
  void endLateTime() {
    byName.values().forEach(PeerScore::onLateTimeOver);
  }

  /** Gives failed peers another chance: the next rung sends other requests. */
  void resetFailures() {
    byName.values().forEach(PeerScore::resetFailures);
  }

  /** Whether some peer has sent anything, be it an error. */
  boolean anyHasSentAnything() {
    return byName.values().stream().anyMatch(PeerScore::hasSentAnything);
  }

  boolean anyResponded() {
    return byName.values().stream().anyMatch(PeerScore::hasResponded);
  }

  /** A sentence for each peer whose last call failed. */
  public List<String> failureSummaries() {
    return byName.entrySet().stream()
        .filter(e -> !e.getValue().failureSummary().isEmpty())
        .map(e -> e.getKey() + " " + e.getValue().failureSummary())
        .toList();
  }
}
