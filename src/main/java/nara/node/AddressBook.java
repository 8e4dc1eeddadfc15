package nara.node;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.discovery.DiscoveryConfig;
import nara.mesh.Directory;
import nara.plaza.Presence;

/**
 * Where others are, as far as the configuration and their own announcements say; for the mesh
 * server, which sends peer queries on. Bounded, since anybody may announce anything.
 */
final class AddressBook implements Directory {
  /** Names kept; over it the oldest go. */
  private static final int MOST = 10_000;

  private final Map<String, String> addresses =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST;
        }
      };

  AddressBook(DiscoveryConfig discovery) {
    discovery.peers().stream()
        .filter(peer -> !peer.name().isEmpty())
        .forEach(peer -> addresses.put(peer.name(), peer.address()));
  }

  synchronized void onPresence(Presence presence) {
    switch (presence) {
      case Presence.Present present -> {
        if (!present.address().isEmpty()
            && (present.firstHand() || !addresses.containsKey(present.name()))) {
          addresses.put(present.name(), present.address());
        }
      }
      case Presence.Left left -> addresses.remove(left.name());
      case Presence.Missed missed -> addresses.remove(missed.name());
      case Presence.Spoke spoke -> {}
      case Presence.Remembers remembers -> {}
    }
  }

  @Override
  public synchronized Optional<String> addressOf(String name) {
    return Optional.ofNullable(addresses.get(name));
  }

  @Override
  public synchronized List<String> reachable() {
    return List.copyOf(addresses.keySet());
  }
}
