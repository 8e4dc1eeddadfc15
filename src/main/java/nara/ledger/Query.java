package nara.ledger;

import java.util.Set;

/**
 * What may be asked of a ledger: the four modes of the wire contract's {@code /events/sync}.
 *
 * <p>Filters: an event passes when its service is among the services (if any are given) and its
 * actor or target is among the subjects (if any are given).
 */
public sealed interface Query {
  /** The most events that one answer holds. */
  int MAX_EVENTS = 5_000;

  Filter filter();

  /**
   * Which events pass.
   *
   * @param services wire names of services (unknown ones match nothing); empty for all
   * @param subjects names; empty for all
   */
  record Filter(Set<String> services, Set<String> subjects) {
    /** Lets everything pass. */
    public static final Filter ALL = new Filter(Set.of(), Set.of());
  }

  /**
   * Oldest first from a cursor on.
   *
   * <p>The cursor is a time and excludes it. So that no reader loses events of equal times, a page
   * never ends between them: it ends before that time, and the next page begins with it; where the
   * whole page is of one time it is longer than asked for, up to {@link #MAX_EVENTS}. Only what is
   * beyond that many events of one and the same nanosecond is out of a pager's reach. Readers go on
   * while there is a cursor, however short the page: it is given when a page is full or ended
   * early.
   *
   * @param after only events later than this, Unix nanoseconds; {@link Long#MIN_VALUE} for all
   * @param size how many at the most, 1 to {@link #MAX_EVENTS}
   */
  record Page(long after, int size, Filter filter) implements Query {
    /** The cursor of a page that starts with the events of that time: one nanosecond earlier. */
    public static long cursorIncluding(long ts) {
      return ts == Long.MIN_VALUE ? ts : ts - 1;
    }
  }

  /**
   * Newest first.
   *
   * @param limit how many at the most, 1 to {@link #MAX_EVENTS}
   */
  record Recent(int limit, Filter filter) implements Query {}

  /**
   * Of the events later than a time, in ascending order, those whose index leaves the remainder
   * {@code index} when divided by {@code total}; of those the newest {@code most}, ascending.
   *
   * @param after exclusive, Unix nanoseconds; 0 for all positive times, as the reference does
   */
  record Slice(long after, int index, int total, int maxEvents, Filter filter) implements Query {}

  /**
   * All critical events, then a weighted random draw of the rest, ascending; when the critical ones
   * alone fill the size, the oldest of them.
   *
   * @param size how many at the most, 1 to {@link #MAX_EVENTS}
   * @param responder the responder's name: events that it emitted, did or suffered weigh double
   * @param atSeconds now, Unix seconds: older events weigh less
   */
  record Sample(int size, String responder, long atSeconds, Filter filter) implements Query {}
}
