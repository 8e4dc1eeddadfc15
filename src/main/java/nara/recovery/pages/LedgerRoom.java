package nara.recovery.pages;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nara.mesh.client.MeshRequest.PageFetched;

/**
 * Whether further events of some holders can still find room in the ledger. The ranges are fetched
 * newest first, and a full ledger prunes the oldest of each nara, so a walk through a large ledger
 * ends early.
 *
 * <p>It counts for each set of holders alone: the events of one peer, however many, must not end
 * the walk through another peer's ledger. The ledger gives each nara its share.
 */
final class LedgerRoom {
  private final long maxEvents;
  private final Map<Set<String>, Long> addedByHolders = new HashMap<>();
  private final Set<Set<String>> full = new HashSet<>();

  /**
   * @param maxEvents that the ledger may hold
   */
  LedgerRoom(long maxEvents) {
    this.maxEvents = maxEvents;
  }

  /**
   * Takes a page of a range. When the ledger has pruned all its new events, it would prune older
   * ones too. The sum of added events does not show this, because the ledger may have held events
   * before.
   *
   * @param trusted whether the peer has sent what it should; another cannot end the walk
   */
  void onPage(RangeFetch range, PageFetched page, boolean trusted) {
    Set<String> holders = range.initialCandidates();
    long added = addedByHolders.merge(holders, (long) page.offerResult().added(), Long::sum);
    boolean allPruned =
        trusted && page.offerResult().pruned() > 0 && page.offerResult().added() == 0;
    if (allPruned || added >= maxEvents) {
      full.add(holders);
    }
  }

  /** Whether the rest of a range, and of all others of its holders, would be pruned. */
  boolean isFullFor(RangeFetch range) {
    return full.contains(range.initialCandidates());
  }

  /** Whether there is room for more events of its holders than those probably in flight. */
  boolean mayTake(RangeFetch range, RangeScheduler scheduler) {
    Set<String> holders = range.initialCandidates();
    long inFlight = scheduler.inFlightEvents(holders);
    return inFlight == 0 || addedByHolders.getOrDefault(holders, 0L) + inFlight < maxEvents;
  }

  boolean isFullForAny() {
    return !full.isEmpty();
  }

  boolean isFullForAll(Collection<Set<String>> holders) {
    return full.containsAll(holders);
  }
}
