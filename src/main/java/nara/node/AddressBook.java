package nara.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.BoundedMap;
import nara.discovery.DiscoveryConfig;
import nara.mesh.server.PeerDirectory;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;
import nara.presence.Presence;

/**
 * The addresses of other naras, from the configuration and from presence news. The mesh server
 * forwards peer queries to them.
 */
final class AddressBook implements PeerDirectory {
  /** Anybody can announce any name. Above this, the oldest name is forgotten. */
  private static final int MAX_NAMES = 10_000;

  private final AddressPolicy policy;
  private final Map<String, String> addresses = BoundedMap.fifo(MAX_NAMES);

  AddressBook(DiscoveryConfig discovery, AddressPolicy policy) {
    this.policy = policy;
    discovery.peers().stream()
        .filter(peer -> !peer.name().isEmpty())
        .forEach(peer -> addresses.put(peer.name(), peer.address()));
  }

  synchronized void onPresence(Presence presence) {
    switch (presence) {
      case Presence.Online online -> {
        Optional<PeerAddress> usable = policy.check(online.address());
        if (usable.isPresent()
            && (online.addressSigned() || !addresses.containsKey(online.name()))) {
          addresses.put(online.name(), usable.get().toString());
        }
      }
      case Presence.Offline offline -> {
        if (offline.firstHand()) {
          addresses.remove(offline.name());
        }
      }
      case Presence.Missing missing -> addresses.remove(missing.name());
      case Presence.Active active -> {}
      case Presence.ObservationReceived observation -> {}
    }
  }

  @Override
  public synchronized Optional<String> addressOf(String name) {
    return Optional.ofNullable(addresses.get(name));
  }

  @Override
  public synchronized List<String> reachableNames() {
    return List.copyOf(addresses.keySet());
  }
}
