package nara.recovery;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.discovery.Neighbour;

/**
 * Neighbours whose first response came after their rung had ended. A rung does not wait long for a
 * silent neighbour, so the plan asks these once more.
 */
final class LateResponders {
  private final Map<String, Neighbour> asked = new HashMap<>();
  private final Set<String> responded = new LinkedHashSet<>();
  private final Set<String> askedAgain = new HashSet<>();

  /** Notes the neighbours of a pass. */
  void onAsked(List<Neighbour> neighbours) {
    neighbours.forEach(neighbour -> asked.put(neighbour.name(), neighbour));
  }

  /** Notes a response to a call whose rung has ended. */
  void onResponse(String name) {
    responded.add(name);
  }

  /** Removes and returns the neighbours to ask again; each of them at most once in a recovery. */
  List<Neighbour> take(PeerScores scores) {
    List<Neighbour> all =
        responded.stream()
            .filter(name -> !scores.of(name).hasResponded() && askedAgain.add(name))
            .map(asked::get)
            .toList();
    responded.clear();
    all.forEach(neighbour -> scores.of(neighbour.name()).onLateResponse());
    return all;
  }
}
