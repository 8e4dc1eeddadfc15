package nara.liveness;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest.Sighting;

/**
 * Who is no neighbour any more: ghosts, of whom there was never anything but a rumour, and those
 * who have been gone for long, by how long they have been known. The spans are the reference's.
 *
 * <p>Forgotten are neighbours, not history: the reference also throws away every event about them.
 * Here the ledger keeps what it keeps for anybody, and who is heard of again is a neighbour again.
 */
final class NeighbourExpiry {
  /** A rumour that nothing confirmed for so long was wrong. */
  private static final Duration GHOST_EXPIRY = Duration.ofHours(1);

  private static final Duration NEWCOMER_AGE = Duration.ofDays(2);
  private static final Duration NEWCOMER_EXPIRY = Duration.ofDays(1);
  private static final Duration ESTABLISHED_AGE = Duration.ofDays(30);
  private static final Duration ESTABLISHED_EXPIRY = Duration.ofDays(7);

  private final Map<String, Instant> noticedAt = new HashMap<>();

  /**
   * Whom to forget.
   *
   * @param sightings what the ledger last heard of each
   * @param firstSeen since when each is known to anybody, Unix seconds; absent or 0: not known
   */
  Set<String> expired(
      List<Neighbour> neighbours,
      Map<String, Sighting> sightings,
      Map<String, Long> firstSeen,
      Instant now) {
    noticedAt
        .keySet()
        .retainAll(neighbours.stream().map(Neighbour::name).collect(Collectors.toSet()));
    Set<String> names = new HashSet<>();
    for (Neighbour neighbour : neighbours) {
      noticedAt.putIfAbsent(neighbour.name(), now);
      boolean configured = neighbour.sources().contains(Neighbour.Source.CONFIGURED);
      Sighting lastSighting = sightings.get(neighbour.name());
      long start = firstSeen.getOrDefault(neighbour.name(), 0L);
      if (!configured
          && !neighbour.online()
          && isExpired(neighbour.name(), lastSighting, start, now)) {
        names.add(neighbour.name());
      }
    }
    return names;
  }

  private boolean isExpired(String name, Sighting lastSighting, long firstSeen, Instant now) {
    if (lastSighting == null) {
      return isOlder(noticedAt.get(name), now, GHOST_EXPIRY);
    }
    if (lastSighting.isOnline()) {
      return false;
    }
    Instant seenAt =
        Instant.ofEpochSecond(Math.floorDiv(lastSighting.reportedAtNanos(), 1_000_000_000L));
    Instant firstSeenAt = firstSeen > 0 ? Instant.ofEpochSecond(firstSeen) : now;
    if (!isOlder(firstSeenAt, now, NEWCOMER_AGE)) {
      return isOlder(seenAt, now, NEWCOMER_EXPIRY);
    }
    // Those who were there for a month belong to the place, however long they are away.
    return !isOlder(firstSeenAt, now, ESTABLISHED_AGE) && isOlder(seenAt, now, ESTABLISHED_EXPIRY);
  }

  private static boolean isOlder(Instant since, Instant now, Duration span) {
    return since.plus(span).isBefore(now);
  }
}
