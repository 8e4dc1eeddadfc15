package nara.recovery.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import nara.discovery.Neighbour;
import nara.mesh.wire.PeerAddress;

/**
 * Whether a node without configured peers recovers again because a neighbour has come at a host
 * that it has not asked. It does so for {@link WatchLimits#NEW_HOSTS_TIME} after its first
 * recovery, less and less often, until it has asked {@link WatchLimits#ENOUGH_HOSTS}.
 */
final class NewHosts {
  private final Instant end;
  private final Set<String> asked = new HashSet<>();
  private Instant next;
  private Duration wait = WatchLimits.FIRST_WAIT;

  /** The first recovery has ended now. */
  NewHosts(Instant now) {
    end = now.plus(WatchLimits.NEW_HOSTS_TIME);
    next = now;
  }

  /** A recovery had to ask these neighbours. */
  void onAsked(List<String> addresses) {
    for (String address : addresses) {
      if (asked.size() < WatchLimits.ENOUGH_HOSTS) {
        asked.add(host(address));
      }
    }
  }

  /** A recovery starts because of a new host; the wait before the next one doubles. */
  void onRecovery(Instant now) {
    next = now.plus(wait);
    wait = wait.multipliedBy(2);
  }

  boolean watches(Instant now) {
    return now.isBefore(end) && asked.size() < WatchLimits.ENOUGH_HOSTS;
  }

  boolean startsRecovery(Neighbour neighbour, Instant now) {
    return watches(now) && !now.isBefore(next) && !asked.contains(host(neighbour.address()));
  }

  private static String host(String address) {
    return PeerAddress.hostOf(address).toLowerCase(Locale.ROOT);
  }
}
