package nara.recovery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.discovery.Neighbour;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;

/** How each neighbour has done so far in this recovery. */
final class Roster {
  /** Failures in a row after which a neighbour gets no more work in a rung. */
  static final int PATIENCE = 3;

  private final Map<String, Standing> byName = new LinkedHashMap<>();

  /** One neighbour's conduct. */
  private static final class Standing {
    int answers;
    int failures;
    int failuresInARow;
    String lastFailure = "";
    boolean gone;
    String dropped = "";
  }

  void enlist(List<Neighbour> neighbours) {
    neighbours.forEach(n -> byName.computeIfAbsent(n.name(), name -> new Standing()));
  }

  void ended(MeshRequest.Peer peer, FetchOutcome outcome) {
    Standing standing = byName.computeIfAbsent(peer.name(), name -> new Standing());
    switch (outcome) {
      case Fetched fetched -> {
        standing.answers++;
        standing.failuresInARow = 0;
      }
      case FetchFailed failed -> {
        standing.failures++;
        standing.failuresInARow++;
        standing.lastFailure = failed.reason();
        standing.gone = failed.failure() == MeshFailure.UNREACHABLE;
      }
    }
  }

  /** Whether it makes sense to give it more work: it is there and does not fail all the time. */
  boolean willing(MeshRequest.Peer peer) {
    Standing standing = byName.get(peer.name());
    return standing == null
        || (standing.dropped.isEmpty()
            && standing.failuresInARow < PATIENCE
            && !(standing.gone && standing.failuresInARow > 1));
  }

  /** Gives a peer no more work in this recovery. */
  void drop(MeshRequest.Peer peer, String why) {
    byName.computeIfAbsent(peer.name(), name -> new Standing()).dropped = why;
  }

  /** Who was dropped, and why. */
  List<String> dropped() {
    List<String> dropped = new ArrayList<>();
    byName.forEach(
        (name, standing) -> {
          if (!standing.dropped.isEmpty()) {
            dropped.add(name + " (" + standing.dropped + ")");
          }
        });
    return dropped;
  }

  /** Gives everybody a new chance: another rung asks other things. */
  void forgive() {
    byName.values().stream()
        .filter(standing -> !standing.gone)
        .forEach(standing -> standing.failuresInARow = 0);
  }

  boolean answered(String name) {
    Standing standing = byName.get(name);
    return standing != null && standing.answers > 0;
  }

  boolean anybodyAnswered() {
    return byName.values().stream().anyMatch(standing -> standing.answers > 0);
  }

  /** A sentence for each neighbour whose last word was a failure, or who never answered at all. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    byName.forEach(
        (name, s) -> {
          if (s.failures > 0 && s.answers == 0) {
            complaints.add(name + " answered none of " + s.failures + " calls: " + s.lastFailure);
          } else if (s.failuresInARow > 0) {
            complaints.add(
                name + " stopped answering after " + s.answers + " answers: " + s.lastFailure);
          }
        });
    return complaints;
  }
}
