package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.ledger.Query;
import nara.recovery.PeerScores;
import nara.recovery.pages.CallDispatcher.CallPurpose;
import nara.recovery.pages.ReplicaGroups.ReplicaGroup;

/**
 * Checks after all ranges are fetched. Another member of its group checks each fetcher.
 *
 * <p>A skipped group is checked in three ways. Its sketch must not show more events anywhere than
 * came from all peers, or those ranges are fetched. The few events after its last point are
 * fetched. And a few events of each part of its ledger must be held.
 *
 * <p>A new event in a check, or a signature that the ledger lacks, shows that the checked peer left
 * something out. The places are random, so that no peer can be honest at just those.
 */
final class SpotChecks {
  private final RandomGenerator random;
  private final PeerScores peerScores;
  private final ReplicaGroups groups;
  private final RangeScheduler scheduler;
  private final CallDispatcher dispatcher;
  private final FetchedEvents fetchedEvents;
  private final Set<String> checkedFetchers = new HashSet<>();
  private final Set<String> checkedGroups = new HashSet<>();
  private final Map<String, Integer> checksByChecker = new HashMap<>();

  SpotChecks(
      RandomGenerator random,
      PeerScores scores,
      ReplicaGroups groups,
      RangeScheduler scheduler,
      CallDispatcher dispatcher,
      FetchedEvents fetchedEvents) {
    this.random = random;
    this.peerScores = scores;
    this.groups = groups;
    this.scheduler = scheduler;
    this.dispatcher = dispatcher;
    this.fetchedEvents = fetchedEvents;
  }

  /**
   * Adds the checks of each fetcher and of each skipped group, once for each of them; returns the
   * skipped groups that no member can be asked about.
   */
  List<ReplicaGroup> addChecks(Collection<String> peers, Set<String> fetchedHeads) {
    peers.forEach(this::checkFetcher);
    List<ReplicaGroup> unchecked = new ArrayList<>();
    for (ReplicaGroup group : groups.all()) {
      if (!fetchedHeads.contains(group.head()) && !checkedGroups.contains(group.head())) {
        groups
            .pickMember(group)
            .ifPresentOrElse(peer -> checkSkipped(group, peer), () -> unchecked.add(group));
      }
    }
    return unchecked;
  }

  private void checkFetcher(String fetcher) {
    List<RangeFetch> ranges = new ArrayList<>(scheduler.completedBy(fetcher));
    ranges.removeIf(range -> checkers(range, fetcher).isEmpty());
    if (ranges.isEmpty() || !checkedFetchers.add(fetcher)) {
      return;
    }
    // The first check looks at the range with most unsigned events, the others anywhere.
    ranges.sort(Comparator.comparingInt(RangeFetch::unsigned).reversed());
    int size =
        PagesLimits.fetcherCheckSize(ranges.stream().mapToLong(RangeFetch::distinctEvents).sum());
    for (int check = 0; check < PagesLimits.CHECKS_PER_FETCHER; check++) {
      RangeFetch range = ranges.get(check == 0 ? 0 : random.nextInt(ranges.size()));
      String checker = pickChecker(checkers(range, fetcher));
      long cursor = range.cursorAt(0.9 * random.nextDouble());
      addCall(CallPurpose.CHECK_FETCHED, checker, fetcher, cursor, size);
    }
  }

  /** One of those with the fewest checks so far: one peer with many would delay the end. */
  private String pickChecker(List<String> checkers) {
    int fewest = checkers.stream().mapToInt(this::checksBy).min().orElseThrow();
    List<String> idle = checkers.stream().filter(name -> checksBy(name) == fewest).toList();
    String checker = idle.get(random.nextInt(idle.size()));
    checksByChecker.merge(checker, 1, Integer::sum);
    return checker;
  }

  private int checksBy(String checker) {
    return checksByChecker.getOrDefault(checker, 0);
  }

  private List<String> checkers(RangeFetch range, String fetcher) {
    return range.isRecheck()
        ? List.of()
        : range.initialCandidates().stream()
            .filter(name -> !name.equals(fetcher) && peerScores.preferred(name))
            .sorted()
            .toList();
  }

  private void checkSkipped(ReplicaGroup group, String peer) {
    if (group.count() == 0 || !checkedGroups.add(group.head())) {
      return;
    }
    LedgerSketch sketch = group.sketch().orElseThrow();
    scheduler.schedule(
        fetchedEvents.shortRanges(sketch).stream()
            .map(range -> new RangeFetch(group.names(), range))
            .toList());
    group
        .lastSharedPoints()
        .forEach((name, last) -> scheduler.schedule(List.of(ReplicaGroup.tailFetch(name, last))));
    int checks = PagesLimits.CHECKS_PER_SKIPPED_GROUP;
    int size = PagesLimits.probeSize(PagesLimits.SKIPPED_CHECK_SHARE * group.count() / checks);
    for (int i = 0; i < checks; i++) {
      double share = (i + random.nextDouble()) / checks;
      long cursor = sketch.cursorAt(share);
      addCall(CallPurpose.CHECK_SKIPPED, peer, group.head(), cursor, size);
    }
  }

  private void addCall(
      CallPurpose purpose, String peer, String subjectPeer, long cursor, int size) {
    Query query = new Query.Page(cursor, size, Query.Filter.ALL);
    dispatcher.add(purpose, peer, 0, subjectPeer, query);
  }
}
