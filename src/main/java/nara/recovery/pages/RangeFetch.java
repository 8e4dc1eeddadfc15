package nara.recovery.pages;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.pages.LedgerSketch.TimeRange;

/**
 * A range of time that one peer walks by cursor, page after page, and the account of it.
 *
 * <p>Works with peers that cut a page between equal timestamps: the next page begins one nanosecond
 * before the last event of this one, so that the rest of its instant comes too. Of an instant that
 * not even the largest page can hold no cursor gives the rest: from there on everything is asked
 * for in slices, of which the wire contract says that they leave nothing out.
 */
final class RangeFetch {
  /** Events asked for at the least, so that what came in since is there at once. */
  private static final int MIN_PAGE_SIZE = 64;

  /** Pages of a range of which nothing is known: two million events. */
  private static final int MAX_PAGES = 400;

  /** Pages of the smallest size, times this, are as many as a known range may take. */
  private static final int PAGE_LIMIT_FACTOR = 4;

  /** The peers that may walk it; whoever fails it is no longer one of them. */
  private final Set<String> candidates;

  private final Set<String> initialCandidates;
  private final Set<EventId> seen = new HashSet<>();
  private final TimeRange originalRange;

  /** Whom it is walked again for, by others; empty for what is walked for the first time. */
  private final String recheckedPeer;

  private TimeRange timeRange;
  private long cursor;
  private int requestedSize;
  private int minPageSize;
  private int pageCount;

  /** Into how many slices what is left is cut; 0 while pages do. */
  private int sliceCount;

  /** The slice that is asked for next. */
  private int sliceIndex;

  private long oldestTs = Long.MAX_VALUE;
  private long newestTs = Long.MIN_VALUE;
  private int gained;
  private int rejected;
  private int unsigned;

  RangeFetch(Set<String> candidates, TimeRange timeRange) {
    this(candidates, timeRange, "");
  }

  private RangeFetch(Set<String> candidates, TimeRange timeRange, String recheckedPeer) {
    this.candidates = new LinkedHashSet<>(candidates);
    this.initialCandidates = Set.copyOf(candidates);
    this.originalRange = timeRange;
    this.timeRange = timeRange;
    this.cursor = timeRange.after();
    this.recheckedPeer = recheckedPeer;
  }

  /** The same range from its beginning, for others, to see whether it was walked well. */
  RangeFetch recheck(String fetcher, Set<String> others) {
    return new RangeFetch(
        others, TimeRange.ofUnknownSize(originalRange.after(), timeRange.end()), fetcher);
  }

  /** The peers that may walk it. */
  Set<String> candidates() {
    return Set.copyOf(candidates);
  }

  String recheckedPeer() {
    return recheckedPeer;
  }

  /**
   * Whether it is no more than what one peer may have beyond its equals: unlike what a peer alone
   * holds, it begins at a known time and nothing is known of its events.
   */
  boolean tailOnly() {
    return !originalRange.sizeKnown()
        && originalRange.after() > Long.MIN_VALUE
        && recheckedPeer.isEmpty();
  }

  boolean hasCandidate(String peer) {
    return candidates.contains(peer);
  }

  /** Takes it from a peer, for good. */
  void removeCandidate(String peer) {
    candidates.remove(peer);
  }

  /** Those who might have walked it at first. */
  Set<String> initialCandidates() {
    return initialCandidates;
  }

  /**
   * A time within what came, from which on others can be asked for the same.
   *
   * @param share how far from the oldest on, 0 to 1
   */
  long timeAt(double share) {
    return newestTs < oldestTs
        ? oldestTs
        : (long) (oldestTs + share * ((double) newestTs - oldestTs)) - 1;
  }

  /** Where it ends, inclusive. */
  long end() {
    return timeRange.end();
  }

  /** Events that it may bring still; a page's worth when nothing is known. */
  long remainingEvents() {
    return !timeRange.sizeKnown()
        ? Query.MAX_EVENTS
        : Math.max(0, timeRange.minEvents() - seen.size());
  }

  /** New events that it brought. */
  int gained() {
    return gained;
  }

  int rejected() {
    return rejected;
  }

  int unsigned() {
    return unsigned;
  }

  /** How many events its peer has not given although it holds them by its own word. */
  long withheldEvents() {
    return Math.max(0, timeRange.minEvents() - seen.size());
  }

  /** It is over: what it remembers of its events is let go. */
  void clearSeen() {
    seen.clear();
  }

  /**
   * The next page to ask for: one event beyond the end shows that all before it has come.
   *
   * @param maxPageSize what the peer is asked for at once
   */
  Query nextQuery(int maxPageSize) {
    if (sliceCount > 0) {
      return new Query.Slice(cursor, sliceIndex, sliceCount, Query.MAX_EVENTS, Query.Filter.ALL);
    }
    // The last event of the page before comes again, and perhaps more of its instant.
    long wanted =
        !timeRange.sizeKnown() ? maxPageSize : remainingEvents() + (pageCount == 0 ? 1 : 2);
    requestedSize =
        (int)
            Math.min(
                Math.max(Math.min(wanted, maxPageSize), Math.max(minPageSize, MIN_PAGE_SIZE)),
                Query.MAX_EVENTS);
    return new Query.Page(cursor, requestedSize, Query.Filter.ALL);
  }

  /** Takes note of an answer; false when the walk is over. */
  boolean advance(PageFetched page) {
    pageCount++;
    gained += page.offerResult().newlyHeld();
    rejected += page.offerResult().rejected();
    unsigned += page.offerResult().verdicts().getOrDefault(Verdict.UNSIGNED, 0);
    for (EventRef event : page.eventRefs()) {
      if (event.ts() <= timeRange.end()) {
        seen.add(event.id());
        oldestTs = Math.min(oldestTs, event.ts());
        newestTs = Math.max(newestTs, event.ts());
      }
    }
    if (sliceCount > 0) {
      return advanceSlice(page);
    }
    boolean more = page.nextCursor().isPresent() && page.events() > 0;
    if (!more || page.newestTs() > timeRange.end()) {
      return false;
    }
    if (LedgerSketch.oneNanoBefore(page.newestTs()) > cursor) {
      cursor = LedgerSketch.oneNanoBefore(page.newestTs());
      minPageSize = 0;
    } else if (requestedSize < Query.MAX_EVENTS) {
      minPageSize = Query.MAX_EVENTS;
    } else {
      sliceCount = (int) Math.min(MAX_PAGES, 2 + remainingEvents() / Query.MAX_EVENTS);
    }
    return true;
  }

  /**
   * The slices of a number differ by one event at most, so when the first has room all have. One
   * that is full may lack its oldest, which are those that are wanted.
   */
  private boolean advanceSlice(PageFetched page) {
    if (page.events() >= Query.MAX_EVENTS) {
      sliceCount *= 2;
      sliceIndex = 0;
    } else {
      sliceIndex++;
    }
    return sliceIndex < sliceCount;
  }

  /** Whether it has taken more pages than any honest peer's range could. */
  boolean exceedsPageLimit() {
    if (sliceCount > 0) {
      return sliceCount > MAX_PAGES;
    }
    return pageCount
        >= (timeRange.sizeKnown()
            ? PAGE_LIMIT_FACTOR * (2 + timeRange.minEvents() / AimdWindow.MIN_PAGE_SIZE)
            : MAX_PAGES);
  }

  /** Gives the second half of what is not asked for yet away, when it is worth a page. */
  Optional<RangeFetch> split() {
    long unrequested = remainingEvents() - requestedSize;
    if (!timeRange.sizeKnown() || sliceCount > 0 || unrequested < 2L * LedgerSketch.COARSE_STEP) {
      return Optional.empty();
    }
    long middle = timeRange.firstRank() + timeRange.minEvents() - unrequested / 2;
    return timeRange.cutPoints().stream()
        .filter(
            sketchPoint ->
                sketchPoint.rank() >= middle
                    && sketchPoint.ts() > cursor
                    && sketchPoint.ts() < timeRange.end())
        .findFirst()
        .map(
            sketchPoint -> {
              RangeFetch second =
                  new RangeFetch(candidates, timeRange.from(sketchPoint), recheckedPeer);
              timeRange = timeRange.until(sketchPoint);
              return second;
            });
  }
}
