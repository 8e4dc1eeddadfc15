package nara.ledger;

import java.util.Set;

/** A query to a ledger: one of the four modes of the wire contract's {@code /events/sync}. */
public sealed interface Query {
  /** The most events in one answer. */
  int MAX_EVENTS = 5_000;

  /**
   * The most bytes of events in one answer, unless its first event has more. 5,000 usual events
   * have 2.4 MB; a peer must not make a node hold 5,000 of the largest for each of its answers.
   */
  int MAX_BYTES = 4 << 20;

  Filter filter();

  /**
   * An event passes when its service is among the services and its actor or target is among the
   * subjects.
   *
   * @param services wire names of services; unknown ones match nothing; empty for all
   * @param subjects names; empty for all
   */
  record Filter(Set<String> services, Set<String> subjects) {
    public static final Filter ALL = new Filter(Set.of(), Set.of());
  }

  /**
   * Oldest first, after a cursor.
   *
   * <p>The cursor is an exclusive time. So that no reader loses events with equal times, a page
   * never ends between them. It ends before their time, and the next page starts with them. A page
   * with only one time may exceed its size, up to {@link #MAX_EVENTS} and {@link #MAX_BYTES}. A
   * pager cannot reach further events of that same nanosecond.
   *
   * <p>There is a next cursor whenever a page was full, in events or bytes, or ended early. Readers
   * continue while there is one, however short the page is.
   *
   * @param after an exclusive time, Unix nanoseconds; {@link Long#MIN_VALUE} for all events
   * @param size from 1 to {@link #MAX_EVENTS}
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
   * @param limit from 1 to {@link #MAX_EVENTS}
   */
  record Recent(int limit, Filter filter) implements Query {}

  /**
   * The events later than a time, in ascending order, whose position modulo {@code total} is {@code
   * index}. Of these, the newest {@code maxEvents}.
   *
   * @param after an exclusive time, Unix nanoseconds
   */
  record Slice(long after, int index, int total, int maxEvents, Filter filter) implements Query {}

  /**
   * All critical events and a weighted random sample of the rest, ascending. When the critical ones
   * alone exceed the size, the oldest of them.
   *
   * @param size from 1 to {@link #MAX_EVENTS}
   * @param responder the responder's name: events with it as emitter, actor or target weigh double
   * @param atSeconds now, Unix seconds: older events weigh less
   */
  record Sample(int size, String responder, long atSeconds, Filter filter) implements Query {}
}
