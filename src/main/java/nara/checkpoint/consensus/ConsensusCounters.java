package nara.checkpoint.consensus;

import io.vertx.core.Future;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import nara.bus.Done;

/** What the consensus did and what it refused, counted. Not safe for use from several threads. */
final class ConsensusCounters {
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<RejectReason, Long> rejected = new EnumMap<>(RejectReason.class);

  void increment(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** Counts a refusal, with which a message is done with. */
  Future<Done> countRejected(RejectReason rejectReason) {
    rejected.merge(rejectReason, 1L, Long::sum);
    return Future.succeededFuture(Done.DONE);
  }

  Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  /** By the reasons' labels. */
  Map<String, Long> rejected() {
    Map<String, Long> reasons = new TreeMap<>();
    rejected.forEach((reason, count) -> reasons.put(reason.label(), count));
    return reasons;
  }
}
