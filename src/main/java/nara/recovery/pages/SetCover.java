package nara.recovery.pages;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.event.EventId;
import nara.mesh.client.MeshRequest.EventRef;

/**
 * Who has to be walked, by what probes found: the fewest peers that together have all that any of
 * them showed.
 *
 * <p>Every peer is probed at the same moments. A probe ends where its page was full, so only events
 * up to the earliest such end are compared; up to there each peer has shown all that it holds.
 */
final class SetCover {
  /** Comparable events below which a peer has not shown enough to be passed over. */
  static final int MIN_COMPARABLE_EVENTS = 30;

  private final Map<String, List<ProbeResult>> probes = new LinkedHashMap<>();

  /**
   * One probe's answer.
   *
   * @param timeIndex which of the common moments it began at
   * @param pageFull whether the page was full, so that the peer may hold more right after it
   */
  private record ProbeResult(int timeIndex, List<EventRef> events, boolean pageFull) {}

  /** Takes note of what a peer showed at one of the common moments. */
  void addProbe(String peer, int timeIndex, List<EventRef> events, boolean pageFull) {
    probes
        .computeIfAbsent(peer, name -> new ArrayList<>())
        .add(new ProbeResult(timeIndex, events, pageFull));
  }

  /**
   * Chooses.
   *
   * @param peers all of them, in order of preference; one without probes is always walked
   */
  List<String> selectPeers(List<String> peers) {
    Map<String, Set<EventId>> comparable = comparable();
    comparable.keySet().retainAll(peers);
    List<String> selected = new ArrayList<>();
    Set<EventId> covered = new HashSet<>();
    Set<String> remaining = new LinkedHashSet<>(peers);
    // Whoever showed too little is walked anyway, and first: what it has need not be had twice.
    for (String peer : peers) {
      if (comparable.getOrDefault(peer, Set.of()).size() < MIN_COMPARABLE_EVENTS) {
        selected.add(peer);
        remaining.remove(peer);
      }
    }
    while (true) {
      String best = null;
      int bestGain = 0;
      for (String peer : remaining) {
        int gain = uncoveredCount(comparable.get(peer), covered);
        if (gain > bestGain) {
          best = peer;
          bestGain = gain;
        }
      }
      if (best == null) {
        return selected;
      }
      selected.add(best);
      covered.addAll(comparable.get(best));
      remaining.remove(best);
    }
  }

  private static int uncoveredCount(Set<EventId> held, Set<EventId> covered) {
    int count = 0;
    for (EventId id : held) {
      count += covered.contains(id) ? 0 : 1;
    }
    return count;
  }

  /** What each peer showed up to where all of them had shown everything. */
  private Map<String, Set<EventId>> comparable() {
    Map<Integer, Long> ends = new LinkedHashMap<>();
    probes
        .values()
        .forEach(
            list ->
                list.forEach(
                    probeResult -> {
                      if (probeResult.pageFull && !probeResult.events.isEmpty()) {
                        // The last instant may be cut through, so it is left out.
                        long last = probeResult.events.get(probeResult.events.size() - 1).ts() - 1;
                        ends.merge(probeResult.timeIndex, last, Math::min);
                      }
                    }));
    Map<String, Set<EventId>> comparable = new LinkedHashMap<>();
    probes.forEach(
        (peer, list) -> {
          Set<EventId> ids = new HashSet<>();
          for (ProbeResult probeResult : list) {
            long end = ends.getOrDefault(probeResult.timeIndex, Long.MAX_VALUE);
            probeResult.events.stream().filter(s -> s.ts() <= end).forEach(s -> ids.add(s.id()));
          }
          comparable.put(peer, ids);
        });
    return comparable;
  }
}
