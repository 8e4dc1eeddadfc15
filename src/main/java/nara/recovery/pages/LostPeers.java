package nara.recovery.pages;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.recovery.PeerScore;
import nara.recovery.PeerScores;

/**
 * Peers that responded, and then refuse or lose their connections: a neighbour that restarts is
 * back within seconds. Their calls are repeated with pauses while nobody else can give the events,
 * until the recovery's deadline.
 */
final class LostPeers {
  private final PeerScores peerScores;
  private final RandomGenerator random;
  private final Map<String, Integer> pauses = new HashMap<>();
  private final Map<String, Instant> pausedUntil = new HashMap<>();

  /** Their pauses begin with the next {@link #startPauses}. */
  private final Set<String> failed = new HashSet<>();

  private boolean wakeSet;

  LostPeers(PeerScores scores, RandomGenerator random) {
    this.peerScores = scores;
    this.random = random;
  }

  /**
   * A call failed that nobody else can serve. Returns whether to repeat it at the same peer, after
   * a pause.
   */
  boolean awaits(String peer, Instant now) {
    PeerScore score = peerScores.of(peer);
    if (!score.lost() || !now.isBefore(peerScores.deadline())) {
      return false;
    }
    score.await();
    failed.add(peer);
    return true;
  }

  /** The peer responded. */
  void onResponse(String peer) {
    pauses.remove(peer);
    pausedUntil.remove(peer);
    failed.remove(peer);
  }

  /**
   * Starts the pauses of the peers that failed, and ends those that are over.
   *
   * @return when to look again, unless that was returned before; {@link #onWake} comes then
   */
  Optional<Instant> startPauses(Instant now) {
    pausedUntil.values().removeIf(until -> !until.isAfter(now));
    for (String peer : failed) {
      if (!pausedUntil.containsKey(peer)) {
        pausedUntil.put(peer, now.plus(nextPause(peer)));
      }
    }
    failed.clear();
    if (!now.isBefore(peerScores.deadline())) {
      pauses.keySet().forEach(peer -> peerScores.of(peer).stopAwaiting());
      pausedUntil.clear();
    }
    if (wakeSet || pausedUntil.isEmpty()) {
      return Optional.empty();
    }
    wakeSet = true;
    return pausedUntil.values().stream().min(Comparator.naturalOrder());
  }

  void onWake() {
    wakeSet = false;
  }

  private Duration nextPause(String peer) {
    int doublings = pauses.merge(peer, 1, Integer::sum) - 1;
    long millis =
        Math.min(
            PagesLimits.MAX_LOST_PAUSE.toMillis(),
            PagesLimits.FIRST_LOST_PAUSE.toMillis() << Math.min(doublings, 10));
    // Those that lost the same neighbour do not come back to it together.
    return Duration.ofMillis(millis * 4 / 5 + random.nextLong(1 + millis * 2 / 5));
  }

  boolean isPaused(String peer) {
    return failed.contains(peer) || pausedUntil.containsKey(peer);
  }
}
