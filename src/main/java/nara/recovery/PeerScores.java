package nara.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;

/** How each neighbour has done so far in this recovery, over all its rungs. */
public final class PeerScores {
  private final Map<String, PeerScore> byName = new LinkedHashMap<>();

  void add(List<Neighbour> neighbours) {
    neighbours.forEach(n -> of(n.name()));
  }

  public void onCallEnded(MeshRequest.Peer peer, FetchOutcome outcome) {
    switch (outcome) {
      case PageFetched pageFetched -> of(peer.name()).onResponse(pageFetched);
      case FetchFailed failed -> of(peer.name()).onFailure(failed);
    }
  }

  /** The conduct of a neighbour. */
  public PeerScore of(String name) {
    return byName.computeIfAbsent(name, first -> new PeerScore());
  }

  /** Whether it makes sense to give it more work: it is there and does not fail all the time. */
  public boolean usable(String name) {
    return of(name).usable();
  }

  /** Whether others may rely on what it walks. */
  public boolean trusted(String name) {
    return of(name).usable() && !of(name).suspect();
  }

  /** Whether work goes to it rather than to others: it is trusted, and answers. */
  public boolean preferred(String name) {
    return trusted(name) && of(name).responsive();
  }

  /** How long it may bring nothing before it is given up. */
  public Duration stallTimeout(MeshRequest.Peer peer) {
    return of(peer.name()).stallTimeout();
  }

  /** Gives a peer no more work in this recovery. */
  public void drop(MeshRequest.Peer peer, String reason) {
    of(peer.name()).drop(reason);
  }

  /** Who was dropped, and why. */
  public List<String> droppedPeers() {
    List<String> dropped = new ArrayList<>();
    byName.forEach(
        (name, peerScore) -> {
          if (!peerScore.dropReason().isEmpty()) {
            dropped.add(name + " (" + peerScore.dropReason() + ")");
          }
        });
    return dropped;
  }

  /** Whose walks others had to look at again, those who were dropped left out. */
  public List<String> suspectPeers() {
    return byName.entrySet().stream()
        .filter(e -> e.getValue().suspect() && e.getValue().dropReason().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Gives everybody a new chance: another rung asks other things. */
  void resetFailures() {
    byName.values().forEach(PeerScore::resetFailures);
  }

  boolean hasResponded(String name) {
    PeerScore peerScore = byName.get(name);
    return peerScore != null && peerScore.hasResponded();
  }

  boolean anyResponded() {
    return byName.values().stream().anyMatch(PeerScore::hasResponded);
  }

  /** A sentence for each neighbour whose last word was a failure, or who never answered at all. */
  public List<String> failureSummaries() {
    List<String> summaries = new ArrayList<>();
    byName.forEach(
        (name, peerScore) -> {
          if (!peerScore.failureSummary().isEmpty()) {
            summaries.add(name + " " + peerScore.failureSummary());
          }
        });
    return summaries;
  }
}
