package nara.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.discovery.Neighbour;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;

/** How each neighbour has done so far in this recovery, over all its rungs. */
final class Roster {
  private final Map<String, Conduct> byName = new LinkedHashMap<>();

  void enlist(List<Neighbour> neighbours) {
    neighbours.forEach(n -> of(n.name()));
  }

  void ended(MeshRequest.Peer peer, FetchOutcome outcome) {
    switch (outcome) {
      case Fetched fetched -> of(peer.name()).answered(fetched);
      case FetchFailed failed -> of(peer.name()).failed(failed);
    }
  }

  /** The conduct of a neighbour. */
  Conduct of(String name) {
    return byName.computeIfAbsent(name, first -> new Conduct());
  }

  /** Whether it makes sense to give it more work: it is there and does not fail all the time. */
  boolean willing(String name) {
    return of(name).willing();
  }

  /** Whether others may rely on what it walks. */
  boolean trusted(String name) {
    return of(name).willing() && !of(name).doubtful();
  }

  /** Whether work goes to it rather than to others: it is trusted, and answers. */
  boolean preferred(String name) {
    return trusted(name) && of(name).steady();
  }

  /** How long it may bring nothing before it is given up. */
  Duration patience(MeshRequest.Peer peer) {
    return of(peer.name()).patience();
  }

  /** Gives a peer no more work in this recovery. */
  void drop(MeshRequest.Peer peer, String why) {
    of(peer.name()).drop(why);
  }

  /** Who was dropped, and why. */
  List<String> dropped() {
    List<String> dropped = new ArrayList<>();
    byName.forEach(
        (name, conduct) -> {
          if (!conduct.dropped().isEmpty()) {
            dropped.add(name + " (" + conduct.dropped() + ")");
          }
        });
    return dropped;
  }

  /** Whose walks others had to look at again, those who were dropped left out. */
  List<String> inDoubt() {
    return byName.entrySet().stream()
        .filter(e -> e.getValue().doubtful() && e.getValue().dropped().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Gives everybody a new chance: another rung asks other things. */
  void forgive() {
    byName.values().forEach(Conduct::forgive);
  }

  boolean answered(String name) {
    Conduct conduct = byName.get(name);
    return conduct != null && conduct.answeredOnce();
  }

  boolean anybodyAnswered() {
    return byName.values().stream().anyMatch(Conduct::answeredOnce);
  }

  /** A sentence for each neighbour whose last word was a failure, or who never answered at all. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    byName.forEach(
        (name, conduct) -> {
          if (!conduct.complaint().isEmpty()) {
            complaints.add(name + " " + conduct.complaint());
          }
        });
    return complaints;
  }
}
