package nara.liveness;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.discovery.Neighbour;

/**
 * Whose turn it is to be pinged: first who never was, then who was longest ago, with some chance in
 * it, so that not all naras ping the same one at the same time.
 */
final class PingSchedule {
  /** By so much chance may put one before another. */
  private static final Duration JITTER = Duration.ofSeconds(10);

  private final RandomGenerator random;
  private final Map<String, Instant> lastPinged = new HashMap<>();

  PingSchedule(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The next one; its turn is over with this.
   *
   * @param reachable those who are there and have an address; others are forgotten
   */
  Optional<Neighbour> next(List<Neighbour> reachable, Instant now) {
    lastPinged
        .keySet()
        .retainAll(reachable.stream().map(Neighbour::name).collect(Collectors.toSet()));
    Neighbour chosen = null;
    Instant earliest = null;
    for (Neighbour neighbour : reachable) {
      Instant pingedAt =
          lastPinged
              .getOrDefault(neighbour.name(), Instant.EPOCH)
              .minusMillis(random.nextLong(JITTER.toMillis()));
      if (earliest == null || pingedAt.isBefore(earliest)) {
        chosen = neighbour;
        earliest = pingedAt;
      }
    }
    if (chosen != null) {
      lastPinged.put(chosen.name(), now);
    }
    return Optional.ofNullable(chosen);
  }
}
