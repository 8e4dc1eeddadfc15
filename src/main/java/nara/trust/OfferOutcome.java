package nara.trust;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
 * @param announcements the valid hey-theres and chaus among them, in the order of the batch
 * @param teases the valid teases among them, in the order of the batch
 * @param unmerged the outcome without the merge
 */
record OfferOutcome(
    List<JudgedEvent> accepted,
    List<Event> announcements,
    List<Event> teases,
    OfferResult unmerged) {
  private static final Verdict[] VERDICTS = Verdict.values();

  /**
   * @param received events offered; those without a result are duplicates
   * @param quarantine takes the events that wait for a key
   */
  static OfferOutcome of(
      int received, List<VerificationResult> results, TrustPolicy policy, Quarantine quarantine) {
    List<JudgedEvent> accepted = new ArrayList<>(results.size());
    List<Event> announcements = new ArrayList<>();
    List<Event> teases = new ArrayList<>();
    int[] counts = new int[VERDICTS.length];
    Set<String> unknownEmitters = new TreeSet<>();
    int duplicate = received - results.size();
    int quarantined = 0;
    int rejected = 0;
    for (VerificationResult result : results) {
      boolean counted = true;
      unknownEmitters.addAll(result.missingKeys());
      switch (policy.action(result.verdict())) {
        case MERGE -> {
          accepted.add(judged(result, policy));
          if (result.verdict() == Verdict.VALID) {
            addNoted(result.event(), announcements, teases);
          }
        }
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
        counts[result.verdict().ordinal()]++;
      }
    }
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    for (Verdict verdict : VERDICTS) {
      if (counts[verdict.ordinal()] > 0) {
        verdicts.put(verdict, counts[verdict.ordinal()]);
      }
    }
    return new OfferOutcome(
        accepted,
        announcements,
        teases,
        new OfferResult(
            received, 0, duplicate, 0, quarantined, rejected, verdicts, unknownEmitters));
  }

  private static void addNoted(Event event, List<Event> announcements, List<Event> teases) {
    if (event.service().isAnnouncement()) {
      announcements.add(event);
    } else if (event.payload() instanceof Social social && social.type().equals("tease")) {
      teases.add(event);
    }
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

  /** The whole outcome, once the ledger has merged the accepted events. */
  OfferResult result(MergeResult merge) {
    return unmerged.plus(
        new OfferResult(
            0,
            merge.added(),
            merge.replaced(),
            merge.duplicate() + merge.replaced(),
            merge.dropped() + merge.pruned(),
            merge.pruned(),
            0,
            0,
            Map.of(),
            Set.of()));
  }
}
