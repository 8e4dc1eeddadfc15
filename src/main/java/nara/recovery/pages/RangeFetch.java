package nara.recovery.pages;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.PeerScores;
import nara.recovery.pages.LedgerSketch.SketchPoint;
import nara.recovery.pages.LedgerSketch.TimeRange;
import nara.trust.TrustRequest.OfferResult;

/**
 * The fetch of a time range from one peer, page after page.
 *
 * <p>Some peers end a page between events of equal time. So the next page starts one nanosecond
 * before the last event and includes the rest of its time. When even the largest page is of one
 * time, no cursor reaches the rest. The fetch then requests slices, which leave out no event.
 *
 * <pre>
 * PAGES ──a full page of one time──► SLICES
 *   ├────────► range complete ◄────────┤
 *   └── no progress, or no end ► stuck ┘
 * </pre>
 *
 * <p>Progress is a cursor that advances and ids that did not come before. So the number of pages
 * has no limit for a peer that holds millions of events, and one for a peer that invents its pages.
 */
final class RangeFetch {
  /** The state of a range after a page. */
  enum Progress {
    MORE,
    COMPLETE,
    /** The peer gives no more of the range, although it is not complete. */
    STUCK
  }

  /** The peers that may fetch it; one that fails is removed. */
  private final Set<String> candidates;

  private final Set<String> initialCandidates;
  private final Set<EventId> seen = new HashSet<>();
  private final TimeRange originalRange;
  private final String recheckedPeer;

  /** The open ranges that this one closes when it is complete. */
  private final List<RangeFetch> closes;

  private final boolean lastResort;

  private TimeRange timeRange;
  private long cursor;
  private int requestedSize;
  private int minPageSize;
  private int pageCount;
  private int stalePages;
  private long distinctEvents;
  private long bytes;
  private long useless;
  private long duplicates;

  /** 0 while it requests pages. */
  private int sliceCount;

  private int sliceIndex;

  /** Events of the page whose cursor could not advance: the peer has at least as many. */
  private int stuckPageEvents;

  /** Events of the current division so far. */
  private long slicedEvents;

  private long oldestTs = Long.MAX_VALUE;
  private long newestTs = Long.MIN_VALUE;
  private int gained;
  private int rejected;
  private int unsigned;

  RangeFetch(Set<String> candidates, TimeRange range) {
    this(candidates, range, "", List.of(), false);
  }

  private RangeFetch(
      Set<String> candidates,
      TimeRange range,
      String recheckedPeer,
      List<RangeFetch> closes,
      boolean lastResort) {
    this.candidates = new LinkedHashSet<>(candidates);
    this.initialCandidates = Set.copyOf(candidates);
    this.originalRange = range;
    this.timeRange = range;
    this.cursor = range.after();
    this.recheckedPeer = recheckedPeer;
    this.closes = closes;
    this.lastResort = lastResort;
  }

  /**
   * A fetch from a peer as a last resort, of events that no other peer gave.
   *
   * @param open the ranges that it closes; none when nothing is known of the peer's ledger
   */
  static RangeFetch lastResort(String peer, long after, long end, List<RangeFetch> open) {
    TimeRange range = TimeRange.ofUnknownSize(after, end);
    return new RangeFetch(Set.of(peer), range, "", List.copyOf(open), true);
  }

  /** The same range from its start, for others that check its fetcher. */
  RangeFetch recheck(String fetcher, Set<String> others) {
    TimeRange range = TimeRange.ofUnknownSize(originalRange.after(), timeRange.end());
    return new RangeFetch(others, range, fetcher, List.of(this), false);
  }

  List<RangeFetch> closes() {
    return closes;
  }

  /** Whether nobody has been asked for it before. */
  boolean isFirstFetch() {
    return !isRecheck() && !lastResort;
  }

  boolean isLastResort() {
    return lastResort;
  }

  /** Whether the peer may fetch it now. */
  boolean mayBeFetchedBy(String peer, PeerScores scores) {
    return candidates.contains(peer)
        && (lastResort ? scores.usableAsLastResort(peer) : scores.usable(peer));
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
    return Math.max(0, timeRange.minEvents() - distinctEvents);
  }

  /**
   * Events that came beyond those of the sketch. The oldest range of a very large ledger has an
   * unsketched part, and as many again are probable.
   */
  private long unsketchedEvents() {
    return Math.max(0, distinctEvents - timeRange.minEvents());
  }

  /** The time before its first event, exclusive. */
  long start() {
    return originalRange.after();
  }

  /** The least number of its events by the sketch, 0 when unknown. */
  long minEvents() {
    return timeRange.minEvents();
  }

  /** Events of different ids that came. */
  long distinctEvents() {
    return distinctEvents;
  }

  /**
   * Whether it may lack what came less than sketched: a full ledger drops its oldest events while
   * it is read.
   */
  boolean lacksOnlyPruned() {
    return originalRange.after() == Long.MIN_VALUE
        && withheldEvents() <= PagesLimits.MAX_PRUNED_SHARE * timeRange.minEvents();
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
        timeRange.sizeKnown()
            ? remainingEvents() + unsketchedEvents() + (pageCount == 0 ? 1 : 2)
            : maxPageSize;
    int least = Math.max(minPageSize, PagesLimits.MIN_RANGE_PAGE);
    requestedSize = Math.clamp(Math.min(wanted, maxPageSize), least, Query.MAX_EVENTS);
    return new Page(cursor, requestedSize, Query.Filter.ALL);
  }

  /** Takes a response. */
  Progress advance(PageFetched page) {
    count(page);
    if (sliceCount > 0) {
      return advanceSlice(page);
    }
    if (page.nextCursor().isEmpty()) {
      return Progress.COMPLETE;
    }
    // An event with a later time than the cursor shows nothing about the events before it.
    boolean timeless = page.eventRefs().isEmpty();
    long reached =
        timeless ? page.nextCursor().get() : Math.min(page.newestTs(), page.nextCursor().get());
    if (reached > timeRange.end()) {
      return Progress.COMPLETE;
    }
    long next = Page.cursorIncluding(reached);
    if (next > cursor) {
      cursor = next;
      minPageSize = 0;
    } else if (requestedSize < Query.MAX_EVENTS) {
      minPageSize = Query.MAX_EVENTS;
    } else if (timeless || reached <= cursor) {
      return Progress.STUCK;
    } else {
      stuckPageEvents = page.events();
      sliceCount = (int) Math.min(PagesLimits.MAX_SLICES, 2 + remainingEvents() / Query.MAX_EVENTS);
    }
    return Progress.MORE;
  }

  private void count(PageFetched page) {
    OfferResult result = page.offerResult();
    pageCount++;
    bytes += page.bytes();
    gained += result.newlyHeld();
    rejected += result.rejected();
    unsigned += result.verdicts().getOrDefault(Verdict.UNSIGNED, 0);
    duplicates += result.duplicate();
    useless += Math.max(0, result.received() - result.newlyHeld() - result.duplicate());
    long before = distinctEvents;
    for (EventRef event : page.eventRefs()) {
      if (event.ts() <= timeRange.end()) {
        distinctEvents += seen.add(event.id()) ? 1 : 0;
        oldestTs = Math.min(oldestTs, event.ts());
        newestTs = Math.max(newestTs, event.ts());
      }
    }
    if (!timeRange.sizeKnown() || unsketchedEvents() > Query.MAX_EVENTS) {
      // The range may hold millions of events, and only the last page overlaps with the next one.
      seen.clear();
      for (EventRef event : page.eventRefs()) {
        if (event.ts() <= timeRange.end()) {
          seen.add(event.id());
        }
      }
    }
    stalePages = distinctEvents > before ? 0 : stalePages + 1;
  }

  /**
   * Slices of one division differ by at most one event, so all fit if the first one does. A full
   * slice may lack its oldest events, which are the ones wanted: the division is then doubled.
   *
   * <p>A slice is full when it has as many events as the peer put into its page: that page had a
   * cursor, so there were more. For the same reason slices with fewer events in all show no end.
   */
  private Progress advanceSlice(PageFetched page) {
    if (page.events() >= stuckPageEvents) {
      sliceCount *= 2;
      sliceIndex = 0;
      slicedEvents = 0;
      return Progress.MORE;
    }
    sliceIndex++;
    slicedEvents += page.events();
    if (sliceIndex < sliceCount) {
      return Progress.MORE;
    }
    return slicedEvents < stuckPageEvents ? Progress.STUCK : Progress.COMPLETE;
  }

  /**
   * Whether it brought less than the pages of any honest peer do.
   *
   * @param maxHeld events that this node may hold: a peer cannot give more duplicates than that
   */
  boolean hasNoEnd(long maxHeld) {
    if (sliceCount > 0) {
      return sliceCount > PagesLimits.MAX_SLICES;
    }
    long maxPages =
        PagesLimits.MIN_PAGES_OF_A_RANGE
            + distinctEvents / PagesLimits.LEAST_EVENTS_OF_A_PAGE
            + bytes / PagesLimits.LEAST_BYTES_OF_A_PAGE;
    long useful = Math.max(0, distinctEvents - useless);
    return pageCount > maxPages
        || stalePages > PagesLimits.MAX_STALE_PAGES
        || useless > PagesLimits.MAX_USELESS_EVENTS + PagesLimits.USELESS_PER_USEFUL * useful
        || duplicates > PagesLimits.MAX_USELESS_EVENTS + 2 * maxHeld;
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
    RangeFetch second =
        new RangeFetch(candidates, timeRange.from(point), recheckedPeer, closes, lastResort);
    timeRange = timeRange.until(point);
    return second;
  }
}
