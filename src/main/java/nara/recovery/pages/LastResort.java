package nara.recovery.pages;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.PeerScore;
import nara.recovery.PeerScores;

/**
 * Asks peers for the ranges that no other peer gave: dropped peers, and peers whose sketch shows
 * more than they gave. Each event is judged by itself, so a peer that lies about the rest costs
 * only time.
 *
 * <p>It reads plain pages from the start of each gap to its end and relies on no sketch. The time
 * is bounded: it grows only with the events that come.
 */
final class LastResort {
  private final PeerScores peerScores;
  private final ReplicaGroups groups;
  private final RangeScheduler scheduler;
  private final SketchCollector sketches;
  private final Set<String> unread = new LinkedHashSet<>();
  private Instant now = Instant.EPOCH;
  private Instant started = Instant.MAX;
  private long events;

  LastResort(
      PeerScores scores, ReplicaGroups groups, RangeScheduler scheduler, SketchCollector sketches) {
    this.peerScores = scores;
    this.groups = groups;
    this.scheduler = scheduler;
    this.sketches = sketches;
  }

  /** Schedules the fetches of the last phase. */
  void schedule(Collection<String> peers) {
    started = now;
    for (String peer : peers) {
      PeerScore score = peerScores.of(peer);
      if (!groups.isResolved(peer)) {
        if (score.hasResponded() || !score.dropReason().isEmpty()) {
          unread.add(peer);
          ask(
              peer,
              List.of(RangeFetch.lastResort(peer, Long.MIN_VALUE, Long.MAX_VALUE, List.of())));
        }
      } else {
        ask(peer, gaps(peer));
      }
    }
  }

  private void ask(String peer, List<RangeFetch> fetches) {
    if (!fetches.isEmpty() && peerScores.usableAsLastResort(peer)) {
      scheduler.schedule(fetches);
    }
  }

  /** The open ranges that a peer may give, each with its neighbours in one. */
  private List<RangeFetch> gaps(String peer) {
    List<RangeFetch> open =
        scheduler.open().stream()
            .filter(range -> range.initialCandidates().contains(peer))
            .filter(range -> range.hasCandidate(peer) || wasDropped(peer))
            .sorted(Comparator.comparingLong(RangeFetch::start).thenComparing(RangeFetch::end))
            .toList();
    List<RangeFetch> gaps = new ArrayList<>();
    List<RangeFetch> gap = new ArrayList<>();
    long end = Long.MIN_VALUE;
    for (RangeFetch range : open) {
      if (!gap.isEmpty() && range.start() >= end) {
        gaps.add(RangeFetch.lastResort(peer, gap.getFirst().start(), end, gap));
        gap.clear();
      }
      gap.add(range);
      end = Math.max(end, range.end());
    }
    if (!gap.isEmpty()) {
      gaps.add(RangeFetch.lastResort(peer, gap.getFirst().start(), end, gap));
    }
    return gaps;
  }

  private boolean wasDropped(String peer) {
    return !peerScores.of(peer).dropReason().isEmpty();
  }

  void onTime(Instant time) {
    now = time;
  }

  /** Takes a page of any range. */
  void onPage(RangeFetch range, PageFetched page) {
    if (range.isLastResort()) {
      events += page.offerResult().newlyHeld() + page.offerResult().duplicate();
    }
  }

  /**
   * A gap was read to its end. Its ranges are closed if the peer gave as many events as its sketch
   * showed there, or if the sketch was invented.
   */
  void onRead(RangeFetch range, String peer) {
    if (range.isLastResort()) {
      unread.remove(peer);
      if (range.distinctEvents() >= leastEvents(range) || sketches.isInvented(peer)) {
        scheduler.close(range.closes());
      }
    }
  }

  /** Neighbouring ranges share one event. A full ledger drops its oldest events meanwhile. */
  private static long leastEvents(RangeFetch gap) {
    long claimed = 0;
    for (RangeFetch range : gap.closes()) {
      claimed += Math.max(0, range.minEvents() - 1);
    }
    return gap.start() == Long.MIN_VALUE
        ? (long) ((1 - PagesLimits.MAX_PRUNED_SHARE) * claimed)
        : claimed;
  }

  /** Whether the last phase is over its time, which grows with the events that came. */
  boolean outOfTime() {
    return started != Instant.MAX
        && now.isAfter(
            started
                .plus(PagesLimits.LAST_RESORT_TIME)
                .plusSeconds(events / PagesLimits.LAST_RESORT_EVENTS_PER_SECOND));
  }

  /** The peers without a sketch whose ledger was not read to its end. */
  Set<String> unread() {
    return unread;
  }
}
