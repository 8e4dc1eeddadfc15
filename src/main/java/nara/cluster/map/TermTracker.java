package nara.cluster.map;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The highest term that this member has seen. A term is the number of a lead; it grows with each
 * new leader, so whoever acts by an older one is a leader of the past.
 *
 * <p>Safe for many threads: commands, writes and the lease all tell it.
 */
public final class TermTracker {
  /** Leads are long: whoever looks at the counts looks at the last few. */
  private static final int MAX_COUNTED_TERMS = 16;

  private final ConcurrentSkipListMap<Long, Long> accepted = new ConcurrentSkipListMap<>();
  private final AtomicLong highest = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /** The highest term seen; 0 before the first. */
  public long highest() {
    return highest.get();
  }

  /** Takes note of a command that is going to be carried out. */
  public void accepted(long term) {
    accepted.merge(term, 1L, Long::sum);
    while (accepted.size() > MAX_COUNTED_TERMS) {
      accepted.pollFirstEntry();
    }
  }

  /** How many commands of each of the last terms were accepted. */
  public Map<Long, Long> accepted() {
    return Map.copyOf(accepted);
  }

  /** Takes note of a term that somebody named. */
  public void observe(long term) {
    highest.accumulateAndGet(term, Math::max);
  }

  /** Takes note of the entry that says who leads: of its term, if somebody has led in it. */
  public void observe(Optional<Lease> entry) {
    entry.filter(Lease::isConfirmed).ifPresent(lease -> observe(lease.term()));
  }

  /** Takes note of a command's or a write's term; false when it is over, and must be refused. */
  public boolean admit(long term) {
    boolean current = highest.accumulateAndGet(term, Math::max) == term;
    if (!current) {
      refused.incrementAndGet();
    }
    return current;
  }

  /** How many commands and writes were refused. */
  public long refused() {
    return refused.get();
  }
}
