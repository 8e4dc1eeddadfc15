package nara.recovery.pages;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.event.EventId;
import nara.mesh.client.MeshRequest.EventRef;

/**
 * Chooses the fewest peers that together hold all probed events.
 *
 * <p>All peers are probed at the same times. A probe ends where its page is full. So it compares
 * only events up to the earliest such end, up to which each peer has shown all that it holds.
 */
final class SetCover {
  private final Map<String, List<ProbeResult>> probes = new LinkedHashMap<>();

  /** A response to a probe. After a full page, the peer may hold more events right after these. */
  private record ProbeResult(int timeIndex, List<EventRef> events, boolean pageFull) {}

  void addProbe(String peer, int timeIndex, List<EventRef> events, boolean pageFull) {
    probes
        .computeIfAbsent(peer, first -> new ArrayList<>())
        .add(new ProbeResult(timeIndex, events, pageFull));
  }

  /**
   * Chooses from these peers, which are in order of preference. A peer that has shown too little is
   * always chosen.
   */
  List<String> selectPeers(List<String> peers) {
    Map<String, Set<EventId>> comparable = comparable();
    List<String> selected = new ArrayList<>();
    Set<String> remaining = new LinkedHashSet<>();
    for (String peer : peers) {
      int shown = comparable.getOrDefault(peer, Set.of()).size();
      (shown < PagesLimits.MIN_COMPARABLE_EVENTS ? selected : remaining).add(peer);
    }
    Set<EventId> covered = new HashSet<>();
    while (true) {
      String best = null;
      long bestGain = 0;
      for (String peer : remaining) {
        long gain = comparable.get(peer).stream().filter(id -> !covered.contains(id)).count();
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

  /** The events of each peer up to where all peers have shown everything. */
  private Map<String, Set<EventId>> comparable() {
    Map<Integer, Long> ends = new HashMap<>();
    for (List<ProbeResult> results : probes.values()) {
      for (ProbeResult result : results) {
        if (result.pageFull && !result.events.isEmpty()) {
          // The page may end between events of its last time.
          ends.merge(result.timeIndex, result.events.getLast().ts() - 1, Math::min);
        }
      }
    }
    Map<String, Set<EventId>> comparable = new HashMap<>();
    probes.forEach(
        (peer, results) -> {
          Set<EventId> ids = new HashSet<>();
          for (ProbeResult result : results) {
            long end = ends.getOrDefault(result.timeIndex, Long.MAX_VALUE);
            result.events.stream().filter(e -> e.ts() <= end).forEach(e -> ids.add(e.id()));
          }
          comparable.put(peer, ids);
        });
    return comparable;
  }
}
