package nara.checkpoint;

import io.vertx.core.Future;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import nara.bus.Done;

/** What the consensus did and what it refused, counted. Not safe for use from several threads. */
final class Tallies {
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Refusal, Long> refused = new EnumMap<>(Refusal.class);

  void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** Counts a refusal, with which a message is done with. */
  Future<Done> refuse(Refusal refusal) {
    refused.merge(refusal, 1L, Long::sum);
    return Future.succeededFuture(Done.DONE);
  }

  Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  /** By the reasons' labels. */
  Map<String, Long> refused() {
    Map<String, Long> reasons = new TreeMap<>();
    refused.forEach((reason, count) -> reasons.put(reason.label(), count));
    return reasons;
  }
}
