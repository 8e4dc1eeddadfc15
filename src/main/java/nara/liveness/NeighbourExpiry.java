package nara.liveness;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SubjectSummary;

/**
 * Decides which neighbours expire: ghosts, known from hearsay only, and neighbours that have been
 * away for long. The longer a neighbour has been known, the later it expires. The durations are the
 * reference's.
 *
 * <p>Only the neighbour is forgotten. The reference also removes every event about it; here the
 * ledger keeps them by its usual limits. A neighbour that is heard again is known again.
 */
final class NeighbourExpiry {
  private static final Duration GHOST_EXPIRY = Duration.ofHours(1);
  private static final Duration NEWCOMER_AGE = Duration.ofDays(2);
  private static final Duration NEWCOMER_EXPIRY = Duration.ofDays(1);
  private static final Duration ESTABLISHED_AGE = Duration.ofDays(30);
  private static final Duration ESTABLISHED_EXPIRY = Duration.ofDays(7);

  private final Map<String, Instant> noticedAt = new HashMap<>();

  /**
   * The names of the expired neighbours: never of online ones, nor of configured ones.
   *
   * @param summaries by name; they tell since when a neighbour is known
   */
  Set<String> expired(
      Neighbourhood neighbourhood, Map<String, SubjectSummary> summaries, Instant now) {
    noticedAt.keySet().retainAll(neighbourhood.neighbours().keySet());
    Set<String> names = new HashSet<>();
    for (Neighbour neighbour : neighbourhood.neighbours().values()) {
      String name = neighbour.name();
      // A future time is from before the clock was set back.
      noticedAt.merge(name, now, (before, at) -> before.isAfter(at) ? at : before);
      SubjectSummary summary = summaries.get(name);
      long firstSeen = summary == null ? 0 : ObservationWriter.startTime(summary);
      if (!neighbour.online()
          && !neighbour.sources().contains(Neighbour.Source.CONFIGURED)
          && isExpired(name, neighbourhood.sightings().get(name), firstSeen, now)) {
        names.add(name);
      }
    }
    return names;
  }

  private boolean isExpired(String name, Sighting sighting, long firstSeen, Instant now) {
    if (sighting == null) {
      return isOlder(noticedAt.get(name), now, GHOST_EXPIRY);
    }
    if (sighting.isOnline()) {
      return false;
    }
    Instant seenAt =
        Instant.ofEpochSecond(Math.floorDiv(sighting.reportedAtNanos(), 1_000_000_000L));
    Instant firstSeenAt = firstSeen > 0 ? Instant.ofEpochSecond(firstSeen) : now;
    if (!isOlder(firstSeenAt, now, NEWCOMER_AGE)) {
      return isOlder(seenAt, now, NEWCOMER_EXPIRY);
    }
    // A neighbour that is known for a month never expires.
    return !isOlder(firstSeenAt, now, ESTABLISHED_AGE) && isOlder(seenAt, now, ESTABLISHED_EXPIRY);
  }

  private static boolean isOlder(Instant since, Instant now, Duration age) {
    return since.plus(age).isBefore(now);
  }
}
