package nara.recovery;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.MeshRequest.Fetched;

/**
 * A range of time that one peer walks by cursor, page after page.
 *
 * <p>Works with peers that cut a page between equal timestamps: the next page begins one nanosecond
 * before the last event of this one, so that the rest of its instant comes too.
 */
final class Stretch {
  /** Room for events that came since the density was measured. */
  private static final double MARGIN = 1.05;

  private static final int LEAST_PAGE = 32;

  /** The peers that may walk it; whoever fails it is no longer one of them. */
  private final Set<String> candidates;

  private final Set<String> failed = new HashSet<>();

  /** Pages after which a walk is endless: far more than the range can need. */
  private final int mostPages;

  private final Density density;
  private final long begin;
  private long after;
  private long end;
  private int pages;
  private int size;
  private double perNano;

  /**
   * How close events lie, as far as probes showed.
   *
   * @param perNano events in a nanosecond; 0 when unknown
   * @param oldest about where the first events are, Unix nanoseconds
   * @param newest about where the last events are
   */
  record Density(double perNano, long oldest, long newest) {}

  /**
   * A range that begins after a moment.
   *
   * @param after exclusive, Unix nanoseconds
   * @param end inclusive
   * @param density around here
   */
  Stretch(Set<String> candidates, long after, long end, Density density, int mostPages) {
    this.candidates = new HashSet<>(candidates);
    this.begin = after;
    this.after = after;
    this.end = end;
    this.density = density;
    this.mostPages = mostPages;
    this.perNano = density.perNano;
    this.size = fitting();
  }

  /** The same range from its beginning, for others. */
  Stretch again(Set<String> others) {
    return new Stretch(others, begin, end, density, mostPages);
  }

  /** The peers that may walk it. */
  Set<String> candidates() {
    return Set.copyOf(candidates);
  }

  /** Whether the peer may walk it. */
  boolean open(String peer) {
    return candidates.contains(peer);
  }

  /** Takes it from a peer, for good. */
  void leaveOut(String peer) {
    candidates.remove(peer);
    failed.add(peer);
  }

  /** Lets the peer walk it, unless it has failed it before. */
  void admit(String peer) {
    if (!failed.contains(peer)) {
      candidates.add(peer);
    }
  }

  /** The next page to ask for. */
  Query query() {
    return new Query.Page(after, size, Query.Filter.ALL);
  }

  int pageSize() {
    return size;
  }

  /** Takes note of an answer; false when the walk is over. */
  boolean goesOn(Fetched page) {
    pages++;
    boolean more = page.nextCursor().isPresent() && page.events() > 0;
    if (!more || page.newestTs() > end) {
      return false;
    }
    long span = page.newestTs() - page.oldestTs();
    perNano = span > 0 ? (double) page.events() / span : 0;
    if (page.newestTs() - 1 > after) {
      after = page.newestTs() - 1;
      size = fitting();
    } else if (size < Query.MOST) {
      size = Query.MOST;
    } else {
      // A full page of one instant: what else that instant holds cannot be asked for by cursor.
      after = page.newestTs();
    }
    return true;
  }

  /** Whether it has taken more pages than any honest peer's range could. */
  boolean endless() {
    return pages >= mostPages;
  }

  /** As many as are left by the density so far, so that little beyond the end is fetched. */
  private int fitting() {
    if (perNano == 0) {
      return Query.MOST;
    }
    return (int) Math.clamp(left() * MARGIN + LEAST_PAGE, LEAST_PAGE, Query.MOST);
  }

  /** Events that are probably left. */
  private double left() {
    double from = Math.max(after, density.oldest);
    double to = Math.min(end, density.newest);
    return Math.max(0, to - from) * perNano;
  }

  /** Pages that are probably left, when the density is known. */
  double pagesLeft() {
    return left() / Query.MOST;
  }

  /** Gives the second half of what is left away, when it is worth a page or more. */
  Optional<Stretch> split() {
    if (pagesLeft() < 2) {
      return Optional.empty();
    }
    long from = Math.max(after, density.oldest);
    // Unsigned: by what strangers say, the range may be longer than a long can tell.
    long middle = from + (Math.min(end, density.newest) - from >>> 1);
    Density here = new Density(perNano, density.oldest, density.newest);
    Stretch second = new Stretch(candidates, middle, end, here, mostPages);
    end = middle;
    return Optional.of(second);
  }
}
