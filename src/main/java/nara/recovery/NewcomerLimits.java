package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.PeerAddress;

/**
 * The passes of a recovery, and which neighbours may still join it. Anybody can announce names, so
 * discovered newcomers are bounded in time and by host.
 */
final class NewcomerLimits {
  private int passes;
  private final Map<String, Integer> passesByHost = new HashMap<>();

  /** The time for newcomers that is left, without that of the passes under way. */
  private Duration timeLeft = RecoveryLimits.MAX_LATE_TIME;

  /** When the time for newcomers is over; never, while no newcomers are asked. */
  private Instant end = Instant.MAX;

  /** How often neighbours were asked. */
  int passes() {
    return passes;
  }

  boolean mayHaveMorePasses() {
    return passes < RecoveryLimits.MAX_PASSES;
  }

  /** Begins a pass. The time for newcomers runs from the second one on. */
  void onPass(List<Peer> peers, Instant now) {
    passes++;
    peers.stream()
        .map(Peer::host)
        .distinct()
        .forEach(host -> passesByHost.merge(host, 1, Integer::sum));
    if (passes > 1 && end.equals(Instant.MAX)) {
      end = now.plus(timeLeft);
    }
  }

  /** Stops the time for newcomers until the next pass. */
  void pause(Instant now) {
    timeLeft = Duration.between(now, end);
    end = Instant.MAX;
  }

  /** Whether the time for newcomers is over. */
  boolean isTooLate(Instant now) {
    return !timeLeft.isPositive() || !now.isBefore(end);
  }

  boolean mayBeAsked(Neighbour newcomer, Instant now) {
    String host = PeerAddress.hostOf(newcomer.address()).toLowerCase(Locale.ROOT);
    return passesByHost.getOrDefault(host, 0) < RecoveryLimits.MAX_PASSES_PER_HOST
        && (newcomer.sources().contains(Neighbour.Source.CONFIGURED) || !isTooLate(now));
  }
}
