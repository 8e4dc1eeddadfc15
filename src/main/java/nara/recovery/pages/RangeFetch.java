package nara.recovery.pages;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.pages.LedgerSketch.SketchPoint;
import nara.recovery.pages.LedgerSketch.TimeRange;

/**
 * The fetch of a time range from one peer, page after page.
 *
 * <p>Some peers end a page between events of equal time. So the next page starts one nanosecond
 * before the last event and includes the rest of its time. When even the largest page is of one
 * time, no cursor reaches the rest. The fetch then requests slices, which leave out no event.
 *
 * <pre>
 * PAGES ──a full page of one time──► SLICES
 *   └────────► range complete ◄────────┘
 * </pre>
 */
final class RangeFetch {
  /** The peers that may fetch it; one that fails is removed. */
  private final Set<String> candidates;

  private final Set<String> initialCandidates;
  private final Set<EventId> seen = new HashSet<>();
  private final TimeRange originalRange;
  private final String recheckedPeer;

  private TimeRange timeRange;
  private long cursor;
  private int requestedSize;
  private int minPageSize;
  private int pageCount;

  /** 0 while it requests pages. */
  private int sliceCount;

  private int sliceIndex;
  private long oldestTs = Long.MAX_VALUE;
  private long newestTs = Long.MIN_VALUE;
  private int gained;
  private int rejected;
  private int unsigned;

  RangeFetch(Set<String> candidates, TimeRange range) {
    this(candidates, range, "");
  }

  private RangeFetch(Set<String> candidates, TimeRange range, String recheckedPeer) {
    this.candidates = new LinkedHashSet<>(candidates);
    this.initialCandidates = Set.copyOf(candidates);
    this.originalRange = range;
    this.timeRange = range;
    this.cursor = range.after();
    this.recheckedPeer = recheckedPeer;
  }

  /** The same range from its start, for others that check its fetcher. */
  RangeFetch recheck(String fetcher, Set<String> others) {
    return new RangeFetch(
        others, TimeRange.ofUnknownSize(originalRange.after(), timeRange.end()), fetcher);
  }

  Set<String> candidates() {
    return Set.copyOf(candidates);
  }

  boolean hasCandidate(String peer) {
    return candidates.contains(peer);
  }

  void removeCandidate(String peer) {
    candidates.remove(peer);
  }

  Set<String> initialCandidates() {
    return initialCandidates;
  }

  /** The peer whose range this fetches again; empty for a first fetch. */
  String recheckedPeer() {
    return recheckedPeer;
  }

  boolean isRecheck() {
    return !recheckedPeer.isEmpty();
  }

  /**
   * Whether it fetches only what one peer may hold beyond its replicas: the start is known, the
   * number of events is not.
   */
  boolean tailOnly() {
    return !originalRange.sizeKnown() && originalRange.after() > Long.MIN_VALUE && !isRecheck();
  }

  /** A cursor within the received events, at a share of their time from the oldest on, 0 to 1. */
  long cursorAt(double share) {
    return newestTs < oldestTs
        ? oldestTs
        : Page.cursorIncluding((long) (oldestTs + share * ((double) newestTs - oldestTs)));
  }

  /** The end of the range, inclusive. */
  long end() {
    return timeRange.end();
  }

  /** Events that it may still bring; a page's worth when the size is unknown. */
  long remainingEvents() {
    return timeRange.sizeKnown() ? withheldEvents() : Query.MAX_EVENTS;
  }

  /** Events of the peer's sketch that have not come. */
  long withheldEvents() {
    return Math.max(0, timeRange.minEvents() - seen.size());
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

  /** Frees the ids of a completed range. */
  void clearSeen() {
    seen.clear();
  }

  /**
   * The next request. A page includes one event beyond the range, which shows that the range is
   * complete.
   */
  Query nextQuery(int maxPageSize) {
    if (sliceCount > 0) {
      return new Query.Slice(cursor, sliceIndex, sliceCount, Query.MAX_EVENTS, Query.Filter.ALL);
    }
    // The last event of the page before comes again, perhaps with more events of its time.
    long wanted =
        timeRange.sizeKnown() ? remainingEvents() + (pageCount == 0 ? 1 : 2) : maxPageSize;
    int least = Math.max(minPageSize, PagesLimits.MIN_RANGE_PAGE);
    requestedSize = Math.clamp(Math.min(wanted, maxPageSize), least, Query.MAX_EVENTS);
    return new Page(cursor, requestedSize, Query.Filter.ALL);
  }

  /** Takes a response; false when the range is complete. */
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
    long next = Page.cursorIncluding(page.newestTs());
    if (next > cursor) {
      cursor = next;
      minPageSize = 0;
    } else if (requestedSize < Query.MAX_EVENTS) {
      minPageSize = Query.MAX_EVENTS;
    } else {
      sliceCount =
          (int) Math.min(PagesLimits.MAX_RANGE_PAGES, 2 + remainingEvents() / Query.MAX_EVENTS);
    }
    return true;
  }

  /**
   * Slices of one division differ by at most one event, so all fit if the first one does. A full
   * slice may lack its oldest events, which are the ones wanted: the division is then doubled.
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

  /** Whether it took more pages than the range of any honest peer. */
  boolean exceedsPageLimit() {
    if (sliceCount > 0) {
      return sliceCount > PagesLimits.MAX_RANGE_PAGES;
    }
    long leastPages = 2 + timeRange.minEvents() / PagesLimits.MIN_PAGE_SIZE;
    return pageCount
        >= (timeRange.sizeKnown()
            ? PagesLimits.PAGE_LIMIT_FACTOR * leastPages
            : PagesLimits.MAX_RANGE_PAGES);
  }

  /** Splits off the second half of the events not yet requested, if it is worth a page. */
  Optional<RangeFetch> split() {
    long unrequested = remainingEvents() - requestedSize;
    if (!timeRange.sizeKnown() || sliceCount > 0 || unrequested < 2L * PagesLimits.COARSE_STEP) {
      return Optional.empty();
    }
    long middle = timeRange.firstRank() + timeRange.minEvents() - unrequested / 2;
    return timeRange.cutPoints().stream()
        .filter(p -> p.rank() >= middle && p.ts() > cursor && p.ts() < timeRange.end())
        .findFirst()
        .map(this::splitAt);
  }

  private RangeFetch splitAt(SketchPoint point) {
    RangeFetch second = new RangeFetch(candidates, timeRange.from(point), recheckedPeer);
    timeRange = timeRange.until(point);
    return second;
  }
}
