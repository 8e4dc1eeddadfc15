package nara.cluster.map;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The highest term that this member has seen. The term grows with each new leader. A command or
 * write with a lower term comes from a former leader, and is refused. Safe for many threads.
 */
public final class TermTracker {
  /** The key of the tracker in Hazelcast's user context, where writes on a member find it. */
  public static final String CONTEXT_KEY = "nara.terms";

  /** Only the counts of the last terms are of interest. */
  private static final int MAX_COUNTED_TERMS = 16;

  private final ConcurrentSkipListMap<Long, Long> accepted = new ConcurrentSkipListMap<>();
  private final AtomicLong highest = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /** The highest term seen; 0 before the first. */
  public long highest() {
    return highest.get();
  }

  /** Counts a command that this member executes. */
  public void countAccepted(long term) {
    accepted.merge(term, 1L, Long::sum);
    while (accepted.size() > MAX_COUNTED_TERMS) {
      accepted.pollFirstEntry();
    }
  }

  /** Accepted commands of each of the last terms. */
  public Map<Long, Long> accepted() {
    return Map.copyOf(accepted);
  }

  public void observe(long term) {
    highest.accumulateAndGet(term, Math::max);
  }

  /** Observes the term of a lease, if a leader has confirmed it. */
  public void observe(Optional<Lease> lease) {
    lease.filter(Lease::isConfirmed).map(Lease::term).ifPresent(this::observe);
  }

  /** Observes the term of a command or write; false when a higher term was seen: refuse it. */
  public boolean admit(long term) {
    boolean current = highest.accumulateAndGet(term, Math::max) == term;
    if (!current) {
      refused.incrementAndGet();
    }
    return current;
  }

  /** Refused commands and writes. */
  public long refused() {
    return refused.get();
  }
}
