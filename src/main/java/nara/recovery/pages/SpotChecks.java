package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import nara.ledger.Query;
import nara.recovery.pages.ReplicaGroups.ReplicaGroup;

/**
 * Spot checks against what is held, when all is walked: whoever walked for others is compared with
 * one of them, and whoever was passed over is asked for a few events of each part of its ledger.
 *
 * <p>A check that brings anything new, be it a signature that another had taken off, says that what
 * it is about was not walked well. Where it looks is by chance, so that nobody can be honest just
 * there.
 */
final class SpotChecks {
  /** Looks at one neighbour's walk. */
  private static final int CHECKS_PER_FETCHER = 2;

  private static final int FETCHER_CHECK_EVENTS = 24;

  /** Looks at a ledger that was passed over, and the share of its events that they may cost. */
  private static final int CHECKS_PER_SKIPPED_GROUP = 8;

  private static final double SKIPPED_CHECK_SHARE = 0.01;
  private static final int MIN_SKIPPED_CHECK_EVENTS = 12;
  private static final int MAX_SKIPPED_CHECK_EVENTS = 200;

  private final RandomGenerator random;
  private final Set<String> checkedFetchers = new HashSet<>();
  private final Set<String> checkedGroups = new HashSet<>();

  /**
   * One of them.
   *
   * @param subjectPeer the walker that it checks, or the head of the group that was passed over
   * @param peerName who is asked
   */
  record SpotCheck(String subjectPeer, String peerName, Query query) {}

  SpotChecks(RandomGenerator random) {
    this.random = random;
  }

  /** The checks of those who walked, each once; by others that are trusted. */
  List<SpotCheck> checkFetchers(
      List<String> names, RangeScheduler rangeScheduler, Predicate<String> trusted) {
    List<SpotCheck> spotChecks = new ArrayList<>();
    for (String name : names) {
      List<RangeFetch> completed = new ArrayList<>(rangeScheduler.completedBy(name));
      completed.removeIf(rangeFetch -> otherHolders(rangeFetch, name, trusted).isEmpty());
      if (completed.isEmpty() || !checkedFetchers.add(name)) {
        continue;
      }
      // Once where it gave most without a signature, the other time anywhere.
      completed.sort(Comparator.comparingInt(RangeFetch::unsigned).reversed());
      for (int check = 0; check < CHECKS_PER_FETCHER; check++) {
        RangeFetch rangeFetch = completed.get(check == 0 ? 0 : random.nextInt(completed.size()));
        List<String> otherHolders = otherHolders(rangeFetch, name, trusted);
        spotChecks.add(
            new SpotCheck(
                name,
                otherHolders.get(random.nextInt(otherHolders.size())),
                page(rangeFetch.timeAt(0.9 * random.nextDouble()), FETCHER_CHECK_EVENTS)));
      }
    }
    return spotChecks;
  }

  private static List<String> otherHolders(
      RangeFetch rangeFetch, String fetcher, Predicate<String> trusted) {
    return rangeFetch.recheckedPeer().isEmpty()
        ? rangeFetch.initialCandidates().stream()
            .filter(name -> !name.equals(fetcher) && trusted.test(name))
            .sorted()
            .toList()
        : List.of();
  }

  /** The checks of a group that was not walked, each once. */
  List<SpotCheck> checkSkipped(ReplicaGroup replicaGroup, String peerName) {
    List<SpotCheck> spotChecks = new ArrayList<>();
    if (replicaGroup.sketch().isPresent()
        && replicaGroup.count() > 0
        && checkedGroups.add(replicaGroup.head())) {
      int size =
          (int)
              Math.clamp(
                  SKIPPED_CHECK_SHARE * replicaGroup.count() / CHECKS_PER_SKIPPED_GROUP,
                  MIN_SKIPPED_CHECK_EVENTS,
                  MAX_SKIPPED_CHECK_EVENTS);
      for (int i = 0; i < CHECKS_PER_SKIPPED_GROUP; i++) {
        long at =
            replicaGroup
                .sketch()
                .get()
                .timeAt((i + random.nextDouble()) / CHECKS_PER_SKIPPED_GROUP);
        spotChecks.add(new SpotCheck(replicaGroup.head(), peerName, page(at, size)));
      }
    }
    return spotChecks;
  }

  private static Query page(long after, int size) {
    return new Query.Page(after, size, Query.Filter.ALL);
  }
}
