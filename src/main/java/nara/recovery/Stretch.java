package nara.recovery;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Stated;
import nara.recovery.Ruler.Span;

/**
 * A range of time that one peer walks by cursor, page after page, and the account of it.
 *
 * <p>Works with peers that cut a page between equal timestamps: the next page begins one nanosecond
 * before the last event of this one, so that the rest of its instant comes too. Of an instant that
 * not even the largest page can hold no cursor gives the rest: from there on everything is asked
 * for in slices, of which the wire contract says that they leave nothing out.
 */
final class Stretch {
  /** Events asked for at the least, so that what came in since is there at once. */
  private static final int LEAST_PAGE = 64;

  /** Pages of a range of which nothing is known: two million events. */
  private static final int MOST_PAGES = 400;

  /** Pages of the smallest size, times this, are as many as a known range may take. */
  private static final int PAGES_MARGIN = 4;

  /** The peers that may walk it; whoever fails it is no longer one of them. */
  private final Set<String> candidates;

  private final Set<String> everybody;
  private final Set<EventId> seen = new HashSet<>();
  private final Span whole;

  /** Whom it is walked again for, by others; empty for what is walked for the first time. */
  private final String recheckOf;

  private Span span;
  private long after;
  private int asked;
  private int least;
  private int pages;

  /** Into how many slices what is left is cut; 0 while pages do. */
  private int slices;

  /** The slice that is asked for next. */
  private int slice;

  private long oldest = Long.MAX_VALUE;
  private long newest = Long.MIN_VALUE;
  private int gained;
  private int refused;
  private int unsigned;

  Stretch(Set<String> candidates, Span span) {
    this(candidates, span, "");
  }

  private Stretch(Set<String> candidates, Span span, String recheckOf) {
    this.candidates = new LinkedHashSet<>(candidates);
    this.everybody = Set.copyOf(candidates);
    this.whole = span;
    this.span = span;
    this.after = span.after();
    this.recheckOf = recheckOf;
  }

  /** The same range from its beginning, for others, to see whether it was walked well. */
  Stretch recheck(String walker, Set<String> others) {
    return new Stretch(others, Span.unmeasured(whole.after(), span.end()), walker);
  }

  /** The peers that may walk it. */
  Set<String> candidates() {
    return Set.copyOf(candidates);
  }

  String recheckOf() {
    return recheckOf;
  }

  /**
   * Whether it is no more than what one peer may have beyond its equals: unlike what a peer alone
   * holds, it begins at a known time and nothing is known of its events.
   */
  boolean tail() {
    return !whole.measured() && whole.after() > Long.MIN_VALUE && recheckOf.isEmpty();
  }

  boolean open(String peer) {
    return candidates.contains(peer);
  }

  /** Takes it from a peer, for good. */
  void leaveOut(String peer) {
    candidates.remove(peer);
  }

  /** Those who might have walked it at first. */
  Set<String> everybody() {
    return everybody;
  }

  /**
   * A time within what came, from which on others can be asked for the same.
   *
   * @param share how far from the oldest on, 0 to 1
   */
  long within(double share) {
    return newest < oldest ? oldest : (long) (oldest + share * ((double) newest - oldest)) - 1;
  }

  /** Where it ends, inclusive. */
  long end() {
    return span.end();
  }

  /** Events that it may bring still; a page's worth when nothing is known. */
  long left() {
    return !span.measured() ? Query.MOST : Math.max(0, span.events() - seen.size());
  }

  /** New events that it brought. */
  int gained() {
    return gained;
  }

  int refused() {
    return refused;
  }

  int unsigned() {
    return unsigned;
  }

  /** How many events its peer has not given although it holds them by its own word. */
  long missing() {
    return Math.max(0, span.events() - seen.size());
  }

  /** It is over: what it remembers of its events is let go. */
  void forget() {
    seen.clear();
  }

  /**
   * The next page to ask for: one event beyond the end shows that all before it has come.
   *
   * @param most what the peer is asked for at once
   */
  Query query(int most) {
    if (slices > 0) {
      return new Query.Slice(after, slice, slices, Query.MOST, Query.Filter.ALL);
    }
    // The last event of the page before comes again, and perhaps more of its instant.
    long wanted = !span.measured() ? most : left() + (pages == 0 ? 1 : 2);
    asked =
        (int) Math.min(Math.max(Math.min(wanted, most), Math.max(least, LEAST_PAGE)), Query.MOST);
    return new Query.Page(after, asked, Query.Filter.ALL);
  }

  /** Takes note of an answer; false when the walk is over. */
  boolean goesOn(Fetched page) {
    pages++;
    gained += page.offered().gained();
    refused += page.offered().rejected();
    unsigned += page.offered().verdicts().getOrDefault(Verdict.UNSIGNED, 0);
    for (Stated event : page.stated()) {
      if (event.ts() <= span.end()) {
        seen.add(event.id());
        oldest = Math.min(oldest, event.ts());
        newest = Math.max(newest, event.ts());
      }
    }
    if (slices > 0) {
      return slicesGoOn(page);
    }
    boolean more = page.nextCursor().isPresent() && page.events() > 0;
    if (!more || page.newestTs() > span.end()) {
      return false;
    }
    if (Ruler.before(page.newestTs()) > after) {
      after = Ruler.before(page.newestTs());
      least = 0;
    } else if (asked < Query.MOST) {
      least = Query.MOST;
    } else {
      slices = (int) Math.min(MOST_PAGES, 2 + left() / Query.MOST);
    }
    return true;
  }

  /**
   * The slices of a number differ by one event at most, so when the first has room all have. One
   * that is full may lack its oldest, which are those that are wanted.
   */
  private boolean slicesGoOn(Fetched page) {
    if (page.events() >= Query.MOST) {
      slices *= 2;
      slice = 0;
    } else {
      slice++;
    }
    return slice < slices;
  }

  /** Whether it has taken more pages than any honest peer's range could. */
  boolean endless() {
    if (slices > 0) {
      return slices > MOST_PAGES;
    }
    return pages
        >= (span.measured() ? PAGES_MARGIN * (2 + span.events() / Pace.LEAST_PAGE) : MOST_PAGES);
  }

  /** Gives the second half of what is not asked for yet away, when it is worth a page. */
  Optional<Stretch> split() {
    long beyond = left() - asked;
    if (!span.measured() || slices > 0 || beyond < 2L * Ruler.STEP) {
      return Optional.empty();
    }
    long middle = span.first() + span.events() - beyond / 2;
    return span.inner().stream()
        .filter(mark -> mark.rank() >= middle && mark.ts() > after && mark.ts() < span.end())
        .findFirst()
        .map(
            mark -> {
              Stretch second = new Stretch(candidates, span.from(mark), recheckOf);
              span = span.until(mark);
              return second;
            });
  }
}
