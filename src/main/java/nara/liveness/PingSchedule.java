package nara.liveness;

import static java.util.stream.Collectors.toSet;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nara.discovery.Neighbour;

/**
 * Chooses the neighbour to ping next: one that was never pinged, else the one whose last ping is
 * the oldest. A random jitter keeps all naras from pinging the same one at the same time.
 */
final class PingSchedule {
  private static final Duration JITTER = Duration.ofSeconds(10);

  private final RandomGenerator random;
  private final Map<String, Instant> pingedAt = new HashMap<>();

  PingSchedule(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The next neighbour; it counts as pinged now.
   *
   * @param reachable the online neighbours with an address; the pings of others are forgotten
   */
  Optional<Neighbour> next(Collection<Neighbour> reachable, Instant now) {
    pingedAt.keySet().retainAll(reachable.stream().map(Neighbour::name).collect(toSet()));
    Neighbour chosen = null;
    Instant oldest = null;
    for (Neighbour neighbour : reachable) {
      Instant at =
          pingedAt
              .getOrDefault(neighbour.name(), Instant.EPOCH)
              .minusMillis(random.nextLong(JITTER.toMillis()));
      if (oldest == null || at.isBefore(oldest)) {
        chosen = neighbour;
        oldest = at;
      }
    }
    if (chosen != null) {
      pingedAt.put(chosen.name(), now);
    }
    return Optional.ofNullable(chosen);
  }
}
