package nara.ledger.retention;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nara.ledger.index.StoredEvent;

/**
 * The pairs with more observations than {@link PairObservations#MAX_KEPT}. Their surplus consists
 * of restarts that no checkpoint covers.
 */
final class SurplusRestarts {
  private final Map<String, Set<PairObservations>> pairsBySubject = new HashMap<>();

  /**
   * The pairs whose lowest surplus restart the observer did not sign, the largest surplus first.
   */
  private final TreeSet<PairObservations> unsigned =
      new TreeSet<>(
          Comparator.comparingInt(PairObservations::surplus)
              .reversed()
              .thenComparing(PairObservations::key));

  /** Must be called before a pair changes, because the surplus is the sort key of the set. */
  void beforeChange(PairObservations pair) {
    if (pair.surplus() > 0) {
      unsigned.remove(pair);
    }
  }

  /**
   * Must be called after a pair has changed.
   *
   * @param before the surplus before the change
   */
  void afterChange(PairObservations pair, int before) {
    int after = pair.surplus();
    if (after > 0 && !pair.lowest().isAuthored()) {
      unsigned.add(pair);
    }
    String subject = pair.key().subject();
    if (before == 0 && after > 0) {
      pairsBySubject.computeIfAbsent(subject, s -> new HashSet<>()).add(pair);
    } else if (before > 0 && after == 0) {
      Set<PairObservations> left = pairsBySubject.get(subject);
      left.remove(pair);
      if (left.isEmpty()) {
        pairsBySubject.remove(subject);
      }
    }
  }

  /** A copy of the pairs of a subject that have surplus restarts. */
  List<PairObservations> pairsOf(String subject) {
    return List.copyOf(pairsBySubject.getOrDefault(subject, Set.of()));
  }

  /** The first surplus restart to remove that its observer did not sign, or null. */
  StoredEvent lowestUnsigned() {
    return unsigned.isEmpty() ? null : unsigned.first().lowest();
  }
}
