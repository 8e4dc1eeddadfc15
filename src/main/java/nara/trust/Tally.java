package nara.trust;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.Merged;

/** Counts what becomes of one offer. */
final class Tally {
  private final int received;
  private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
  private final Set<String> unknown = new TreeSet<>();
  private int duplicate;
  private int added;
  private int dropped;
  private int pruned;
  private int quarantined;
  private int rejected;

  Tally(int received) {
    this.received = received;
  }

  void duplicates(int count) {
    duplicate += count;
  }

  void judged(Judgement judgement) {
    verdicts.merge(judgement.verdict(), 1, Integer::sum);
    unknown.addAll(judgement.missingKeys());
  }

  void quarantined() {
    quarantined++;
  }

  void rejected() {
    rejected++;
  }

  void merged(Merged merged) {
    added += merged.added();
    duplicate += merged.duplicate() + merged.replaced();
    dropped += merged.dropped() + merged.pruned();
    pruned += merged.pruned();
  }

  TrustRequest.Offered offered() {
    return new TrustRequest.Offered(
        received,
        added,
        duplicate,
        dropped,
        pruned,
        quarantined,
        rejected,
        Map.copyOf(verdicts),
        Set.copyOf(unknown));
  }
}
