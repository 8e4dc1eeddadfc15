package nara.recovery.watch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest.Peer;

/**
 * Decides whether the node recovers again after a recovery that some neighbour answered. A
 * neighbour that no recovery has asked starts another one when it is a configured peer. Any other
 * neighbour does so only while the ledger holds no event of another nara, or at a new host ({@link
 * NewHosts}).
 */
final class UnaskedNeighbours {
  /** The next step after a look. */
  enum Decision {
    RECOVER,
    LOOK_AGAIN,
    END_WATCH
  }

  /** Names and addresses that the recoveries since the watch began have asked. */
  private final Map<String, Boolean> asked = BoundedMap.lru(WatchLimits.MAX_ASKED);

  /** Null until a recovery has asked somebody. It outlives the watch. */
  private NewHosts newHosts;

  /** A recovery had to ask these peers. */
  void onAsked(List<Peer> peers, Instant now) {
    for (Peer peer : peers) {
      asked.put(peer.name(), true);
      asked.put(peer.address(), true);
    }
    newHosts = newHosts == null ? new NewHosts(now) : newHosts;
    newHosts.onAsked(peers.stream().map(Peer::address).toList());
  }

  /** The next recovery may ask everybody again. */
  void forget() {
    asked.clear();
  }

  /**
   * Decides after a look.
   *
   * @param silent the configured peers that do not answer
   * @param known all neighbours
   * @param holdsOthers whether the ledger holds an event of another nara
   * @param asksStrangers whether a neighbour that is not configured may start a recovery now
   */
  Decision decide(
      List<ConfiguredPeer> silent,
      List<Neighbour> known,
      boolean holdsOthers,
      boolean asksStrangers,
      Instant now) {
    boolean watchesNewHosts =
        silent.isEmpty()
            && known.stream().noneMatch(UnaskedNeighbours::isConfigured)
            && newHosts.watches(now);
    boolean recovers =
        known.stream()
            .filter(UnaskedNeighbours::isReachable)
            .filter(this::isUnasked)
            .anyMatch(
                neighbour ->
                    isConfigured(neighbour)
                        || (!holdsOthers && asksStrangers)
                        || (watchesNewHosts && newHosts.startsRecovery(neighbour, now)));
    if (recovers) {
      newHosts.onRecovery(now);
      return Decision.RECOVER;
    }
    boolean allAsked = silent.stream().allMatch(peer -> asked.containsKey(peer.name()));
    return !watchesNewHosts && holdsOthers && allAsked ? Decision.END_WATCH : Decision.LOOK_AGAIN;
  }

  private static boolean isConfigured(Neighbour neighbour) {
    return neighbour.sources().contains(Neighbour.Source.CONFIGURED);
  }

  private static boolean isReachable(Neighbour neighbour) {
    return neighbour.online() && !neighbour.address().isEmpty() && !neighbour.isHearsay();
  }

  private boolean isUnasked(Neighbour neighbour) {
    return !asked.containsKey(neighbour.name())
        // A configured peer may respond in another name each time.
        && !asked.containsKey(neighbour.address());
  }
}
