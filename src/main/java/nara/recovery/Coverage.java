package nara.recovery;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.event.EventId;
import nara.mesh.MeshRequest.Stated;

/**
 * Who has to be walked, by what probes found: the fewest peers that together have all that any of
 * them showed.
 *
 * <p>Every peer is probed at the same moments. A probe ends where its page was full, so only events
 * up to the earliest such end are compared; up to there each peer has shown all that it holds.
 */
final class Coverage {
  /** Comparable events below which a peer has not shown enough to be passed over. */
  static final int EVIDENCE = 30;

  private final Map<String, List<Probe>> probes = new LinkedHashMap<>();

  /**
   * One probe's answer.
   *
   * @param moment which of the common moments it began at
   * @param full whether the page was full, so that the peer may hold more right after it
   */
  private record Probe(int moment, List<Stated> shown, boolean full) {}

  /** Takes note of what a peer showed at one of the common moments. */
  void shown(String peer, int moment, List<Stated> shown, boolean full) {
    probes.computeIfAbsent(peer, name -> new ArrayList<>()).add(new Probe(moment, shown, full));
  }

  /**
   * Chooses.
   *
   * @param peers all of them, in order of preference; one without probes is always walked
   */
  List<String> walkers(List<String> peers) {
    Map<String, Set<EventId>> comparable = comparable();
    comparable.keySet().retainAll(peers);
    List<String> walkers = new ArrayList<>();
    Set<EventId> covered = new HashSet<>();
    Set<String> left = new LinkedHashSet<>(peers);
    // Whoever showed too little is walked anyway, and first: what it has need not be had twice.
    for (String peer : peers) {
      if (comparable.getOrDefault(peer, Set.of()).size() < EVIDENCE) {
        walkers.add(peer);
        left.remove(peer);
      }
    }
    while (true) {
      String best = null;
      int most = 0;
      for (String peer : left) {
        int adds = adds(comparable.get(peer), covered);
        if (adds > most) {
          best = peer;
          most = adds;
        }
      }
      if (best == null) {
        return walkers;
      }
      walkers.add(best);
      covered.addAll(comparable.get(best));
      left.remove(best);
    }
  }

  private static int adds(Set<EventId> has, Set<EventId> covered) {
    int adds = 0;
    for (EventId id : has) {
      adds += covered.contains(id) ? 0 : 1;
    }
    return adds;
  }

  /** What each peer showed up to where all of them had shown everything. */
  private Map<String, Set<EventId>> comparable() {
    Map<Integer, Long> ends = new LinkedHashMap<>();
    probes
        .values()
        .forEach(
            list ->
                list.forEach(
                    probe -> {
                      if (probe.full && !probe.shown.isEmpty()) {
                        // The last instant may be cut through, so it is left out.
                        long last = probe.shown.get(probe.shown.size() - 1).ts() - 1;
                        ends.merge(probe.moment, last, Math::min);
                      }
                    }));
    Map<String, Set<EventId>> comparable = new LinkedHashMap<>();
    probes.forEach(
        (peer, list) -> {
          Set<EventId> ids = new HashSet<>();
          for (Probe probe : list) {
            long end = ends.getOrDefault(probe.moment, Long.MAX_VALUE);
            probe.shown.stream().filter(s -> s.ts() <= end).forEach(s -> ids.add(s.id()));
          }
          comparable.put(peer, ids);
        });
    return comparable;
  }
}
