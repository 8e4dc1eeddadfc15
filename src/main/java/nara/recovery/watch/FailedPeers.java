package nara.recovery.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.mesh.client.MeshRequest.Peer;

/**
 * Configured peers that a recovery asked, and that gave nothing. As soon as one of them responds to
 * a ping, the node recovers again: until then, the operator's peers have no say about keys. Each
 * such recovery doubles the pause before the next one, up to {@link WatchLimits#MAX_FAILED_WAIT}.
 */
final class FailedPeers {
  private final Set<String> addresses = new HashSet<>();
  private Duration wait = WatchLimits.FIRST_WAIT;
  private Instant next = Instant.MIN;

  /**
   * A recovery has ended.
   *
   * @param asked the peers that it had to ask
   * @param failed the configured ones among them that gave nothing
   */
  void onRecoveryEnded(List<Peer> asked, List<Peer> failed, Instant now) {
    asked.forEach(peer -> addresses.remove(peer.address()));
    failed.forEach(peer -> addresses.add(peer.address()));
    next = now.plus(wait);
  }

  /** Whether a peer that responds again starts a recovery, now or later. */
  boolean areAwaited() {
    return !addresses.isEmpty() && wait.compareTo(WatchLimits.MAX_FAILED_WAIT) <= 0;
  }

  /** The addresses to ping now. */
  Set<String> due(Instant now) {
    return areAwaited() && !now.isBefore(next) ? Set.copyOf(addresses) : Set.of();
  }

  /**
   * Decides after a look whether another recovery starts, and counts it.
   *
   * @param responding the addresses that responded to a ping
   */
  boolean startRecovery(Set<String> responding, Instant now) {
    boolean starts = due(now).stream().anyMatch(responding::contains);
    if (starts) {
      wait = wait.multipliedBy(2);
    }
    return starts;
  }

  /** The watch has ended. */
  void forget() {
    addresses.clear();
    wait = WatchLimits.FIRST_WAIT;
  }
}
