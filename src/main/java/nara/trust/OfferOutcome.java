package nara.trust;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Social;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.MergeResult;
import nara.trust.TrustRequest.OfferResult;

/**
 * The result of the policy for one verified batch: the events to merge, and the counts of all
 * others.
 *
 * @param accepted the events that the ledger must merge
 * @param unmerged the outcome without the merge
 */
record OfferOutcome(List<JudgedEvent> accepted, OfferResult unmerged) {

  /**
   * @param received events offered; those without a result are duplicates
   * @param quarantine takes the events that wait for a key
   */
  static OfferOutcome of(
      int received, List<VerificationResult> results, TrustPolicy policy, Quarantine quarantine) {
    List<JudgedEvent> accepted = new ArrayList<>(results.size());
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    Set<String> unknownEmitters = new TreeSet<>();
    int duplicate = received - results.size();
    int quarantined = 0;
    int rejected = 0;
    for (VerificationResult result : results) {
      boolean counted = true;
      unknownEmitters.addAll(result.missingKeys());
      switch (policy.action(result.verdict())) {
        case MERGE -> accepted.add(judged(result, policy));
        case REJECT -> rejected++;
        case QUARANTINE -> {
          if (quarantine.add(result)) {
            quarantined++;
          } else {
            // It waits already, with its verdict.
            duplicate++;
            counted = false;
          }
        }
      }
      if (counted) {
        verdicts.merge(result.verdict(), 1, Integer::sum);
      }
    }
    return new OfferOutcome(
        accepted,
        new OfferResult(
            received, 0, duplicate, 0, quarantined, rejected, verdicts, unknownEmitters));
  }

  /** A policy that merges everything, as the reference does, lets all voters count. */
  private static JudgedEvent judged(VerificationResult result, TrustPolicy policy) {
    return policy == TrustPolicy.REFERENCE
        ? new JudgedEvent(result.event(), result.verdict())
        : new JudgedEvent(result.event(), result.verdict(), result.voters());
  }

  /** The accepted events that are valid. */
  Map<EventId, Event> validById() {
    Map<EventId, Event> valid = HashMap.newHashMap(accepted.size());
    for (JudgedEvent judged : accepted) {
      if (judged.verdict() == Verdict.VALID) {
        valid.put(judged.event().id(), judged.event());
      }
    }
    return valid;
  }

  /** The valid hey-theres and chaus, in the order of the batch. */
  List<Event> announcements() {
    return valid(event -> event.service().isAnnouncement());
  }

  /** The valid teases, in the order of the batch. */
  List<Event> teases() {
    return valid(
        event -> event.payload() instanceof Social social && social.type().equals("tease"));
  }

  private List<Event> valid(Predicate<Event> wanted) {
    return accepted.stream()
        .filter(judged -> judged.verdict() == Verdict.VALID)
        .map(JudgedEvent::event)
        .filter(wanted)
        .toList();
  }

  /** The whole outcome, once the ledger has merged the accepted events. */
  OfferResult result(MergeResult merge) {
    return unmerged.plus(
        new OfferResult(
            0,
            merge.added(),
            merge.duplicate() + merge.replaced(),
            merge.dropped() + merge.pruned(),
            merge.pruned(),
            0,
            0,
            Map.of(),
            Set.of()));
  }
}
