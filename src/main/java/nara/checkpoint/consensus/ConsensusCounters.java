package nara.checkpoint.consensus;

import java.util.Map;
import java.util.TreeMap;

/** Counts what the consensus did, and what it rejected. Not thread-safe. */
final class ConsensusCounters {
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Long> rejected = new TreeMap<>();

  void increment(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  void countRejected(RejectReason reason) {
    rejected.merge(reason.label(), 1L, Long::sum);
  }

  Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  /** By the labels of the reasons. */
  Map<String, Long> rejected() {
    return new TreeMap<>(rejected);
  }
}
