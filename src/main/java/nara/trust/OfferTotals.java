package nara.trust;

import java.util.EnumMap;
import java.util.Map;
import nara.event.Verdict;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.TrustRequest.TrustTotals;

/** The sums of all offers. Lives on one event loop. */
final class OfferTotals {
  private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
  private long received;
  private long added;
  private long duplicate;
  private long dropped;
  private long rejected;

  void add(OfferResult offer) {
    offer.verdicts().forEach((verdict, n) -> verdicts.merge(verdict, (long) n, Long::sum));
    received += offer.received();
    added += offer.added();
    duplicate += offer.duplicate();
    dropped += offer.dropped();
    rejected += offer.rejected();
  }

  TrustTotals with(Quarantine quarantine) {
    return new TrustTotals(
        Map.copyOf(verdicts),
        received,
        added,
        duplicate,
        dropped,
        rejected,
        quarantine.size(),
        quarantine.bytes(),
        quarantine.keyCount());
  }
}
