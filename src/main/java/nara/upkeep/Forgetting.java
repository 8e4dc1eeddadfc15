package nara.upkeep;

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
final class Forgetting {
  /** A rumour that nothing confirmed for so long was wrong. */
  private static final Duration GHOST = Duration.ofHours(1);

  private static final Duration NEWCOMER = Duration.ofDays(2);
  private static final Duration NEWCOMER_GONE = Duration.ofDays(1);
  private static final Duration ESTABLISHED = Duration.ofDays(30);
  private static final Duration ESTABLISHED_GONE = Duration.ofDays(7);

  private final Map<String, Instant> noticed = new HashMap<>();

  /**
   * Whom to forget.
   *
   * @param sightings what the ledger last heard of each
   * @param firstSeen since when each is known to anybody, Unix seconds; absent or 0: not known
   */
  Set<String> whom(
      List<Neighbour> neighbours,
      Map<String, Sighting> sightings,
      Map<String, Long> firstSeen,
      Instant now) {
    noticed
        .keySet()
        .retainAll(neighbours.stream().map(Neighbour::name).collect(Collectors.toSet()));
    Set<String> gone = new HashSet<>();
    for (Neighbour neighbour : neighbours) {
      noticed.putIfAbsent(neighbour.name(), now);
      boolean operators = neighbour.sources().contains(Neighbour.Source.CONFIGURED);
      Sighting last = sightings.get(neighbour.name());
      long start = firstSeen.getOrDefault(neighbour.name(), 0L);
      if (!operators && !neighbour.online() && isGone(neighbour.name(), last, start, now)) {
        gone.add(neighbour.name());
      }
    }
    return gone;
  }

  private boolean isGone(String name, Sighting last, long firstSeen, Instant now) {
    if (last == null) {
      return isLonger(noticed.get(name), now, GHOST);
    }
    if (last.there()) {
      return false;
    }
    Instant seen = Instant.ofEpochSecond(Math.floorDiv(last.saidAt(), 1_000_000_000L));
    Instant began = firstSeen > 0 ? Instant.ofEpochSecond(firstSeen) : now;
    if (!isLonger(began, now, NEWCOMER)) {
      return isLonger(seen, now, NEWCOMER_GONE);
    }
    // Those who were there for a month belong to the place, however long they are away.
    return !isLonger(began, now, ESTABLISHED) && isLonger(seen, now, ESTABLISHED_GONE);
  }

  private static boolean isLonger(Instant since, Instant now, Duration span) {
    return since.plus(span).isBefore(now);
  }
}
