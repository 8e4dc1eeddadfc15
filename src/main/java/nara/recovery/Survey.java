package nara.recovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.mesh.MeshRequest.Stated;
import nara.recovery.Ruler.Mark;
import nara.recovery.Ruler.Span;

/**
 * Who holds the same as whom, by their rulers: neighbours whose ledgers agree up to a few of the
 * newest events are kin, one walk between them is enough, and any of them may do any part of it.
 */
final class Survey {
  /**
   * Neighbours that hold the same.
   *
   * @param ruler the head's; empty when it could not be measured, and then it is alone
   * @param shared for each member the last mark that it shares with the head
   */
  record Kin(String head, Optional<Ruler> ruler, Map<String, Mark> shared) {
    Set<String> names() {
      return shared.isEmpty() ? Set.of(head) : shared.keySet();
    }

    long count() {
      return ruler.map(Ruler::count).orElse(0L);
    }

    /**
     * What has to be walked, the newest first: all that they share, by any of them, and what each
     * has beyond, which is little, by itself.
     */
    List<Stretch> stretches() {
      if (ruler.isEmpty()) {
        return List.of(new Stretch(Set.of(head), Span.ALL));
      }
      if (ruler.get().marks().isEmpty()) {
        return List.of();
      }
      Mark common =
          shared.values().stream().min(Comparator.comparingLong(Mark::rank)).orElseThrow();
      List<Span> spans = new ArrayList<>(ruler.get().cut(common, shared.size()));
      List<Stretch> stretches = new ArrayList<>();
      if (shared.size() == 1) {
        spans.set(0, spans.get(0).open());
      } else {
        shared.keySet().forEach(name -> stretches.add(tail(name, common)));
      }
      spans.forEach(span -> stretches.add(new Stretch(names(), span)));
      return stretches;
    }

    /** What one of them has from a mark on. */
    static Stretch tail(String name, Mark from) {
      return new Stretch(Set.of(name), Span.unmeasured(Ruler.before(from.ts()), Long.MAX_VALUE));
    }
  }

  private final Map<String, Ruler> coarse = new HashMap<>();
  private final Map<String, Optional<Ruler>> whole = new LinkedHashMap<>();
  private final List<Kin> kin = new ArrayList<>();

  /** Takes the marks of whole steps; answers with the ruler so far. */
  Ruler coarse(String peer, List<Stated> marks) {
    Ruler ruler = Ruler.of(marks);
    coarse.put(peer, ruler);
    return ruler;
  }

  /** Takes the marks after those: the peer is measured. */
  void fine(String peer, List<Stated> marks) {
    whole.put(peer, Optional.of(coarse.remove(peer).with(marks)));
  }

  /** The peer cannot be measured: it will be walked as it is. */
  void unmeasured(String peer) {
    whole.put(peer, Optional.empty());
  }

  /** Whether it is known how the peer's events lie, or that it will not be. */
  boolean done(String peer) {
    return whole.containsKey(peer);
  }

  boolean anybodyDone() {
    return !whole.isEmpty();
  }

  /**
   * Puts those who are measured into groups, the largest ledger first.
   *
   * @param alone whether everybody is to be a group of its own
   * @return those who were in no group before
   */
  List<String> group(Collection<String> peers, boolean alone) {
    List<String> fresh =
        peers.stream()
            .filter(name -> done(name) && of(name).isEmpty())
            .sorted(Comparator.comparingLong(this::count).reversed())
            .toList();
    fresh.forEach(name -> join(name, alone));
    return fresh;
  }

  private void join(String name, boolean alone) {
    Optional<Ruler> ruler = whole.get(name);
    if (!alone && ruler.isPresent()) {
      for (Kin group : kin) {
        Optional<Mark> shared = group.ruler().flatMap(r -> r.sharedWith(ruler.get()));
        if (shared.isPresent()) {
          group.shared().put(name, shared.get());
          return;
        }
      }
    }
    Map<String, Mark> shared = new LinkedHashMap<>();
    ruler.flatMap(Ruler::last).ifPresent(last -> shared.put(name, last));
    kin.add(new Kin(name, ruler, shared));
  }

  private long count(String name) {
    return whole.get(name).map(Ruler::count).orElse(0L);
  }

  /** The groups, the largest of those that came together first. */
  List<Kin> kin() {
    return kin;
  }

  /** The group of a peer. */
  Optional<Kin> of(String peer) {
    return kin.stream().filter(k -> k.names().contains(peer)).findFirst();
  }

  /** So many marks of those groups, spread evenly over their events, the oldest first. */
  static List<Long> moments(List<Kin> of, int count) {
    List<Mark> marks = new ArrayList<>();
    of.forEach(group -> group.ruler().ifPresent(ruler -> marks.addAll(ruler.marks())));
    List<Mark> steps = marks.stream().filter(mark -> mark.rank() % Ruler.STEP == 0).toList();
    // Of small ledgers there are only the marks after the last step.
    List<Long> times =
        (steps.size() < 2 * count ? marks : steps).stream().map(Mark::ts).sorted().toList();
    List<Long> moments = new ArrayList<>();
    for (int i = 0; i < count && !times.isEmpty(); i++) {
      long at = Ruler.before(times.get((int) ((long) times.size() * i / count)));
      if (moments.isEmpty() || moments.getLast() < at) {
        moments.add(at);
      }
    }
    return moments;
  }
}
