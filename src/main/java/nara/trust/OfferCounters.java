package nara.trust;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.MergeResult;

/** Counts what becomes of one offer. */
final class OfferCounters {
  private final int received;
  private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
  private final Set<String> unknownEmitters = new TreeSet<>();
  private int duplicate;
  private int added;
  private int dropped;
  private int pruned;
  private int quarantined;
  private int rejected;

  OfferCounters(int received) {
    this.received = received;
  }

  void addDuplicates(int count) {
    duplicate += count;
  }

  void countVerdict(VerificationResult verificationResult) {
    verdicts.merge(verificationResult.verdict(), 1, Integer::sum);
    unknownEmitters.addAll(verificationResult.missingKeys());
  }

  void countQuarantined() {
    quarantined++;
  }

  void countRejected() {
    rejected++;
  }

  void addMerged(MergeResult mergeResult) {
    added += mergeResult.added();
    duplicate += mergeResult.duplicate() + mergeResult.replaced();
    dropped += mergeResult.dropped() + mergeResult.pruned();
    pruned += mergeResult.pruned();
  }

  TrustRequest.OfferResult result() {
    return new TrustRequest.OfferResult(
        received,
        added,
        duplicate,
        dropped,
        pruned,
        quarantined,
        rejected,
        Map.copyOf(verdicts),
        Set.copyOf(unknownEmitters));
  }
}
