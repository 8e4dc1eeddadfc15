package nara.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest.Peer;

/**
 * Selects the peers of a gossip round: random online neighbours, and sometimes one that is not
 * known to be online, because an exchanged zine is the best proof that it is.
 *
 * <p>A peer that does not answer is left out for a while. Each failure doubles that time.
 */
final class GossipPeerSelector {
  static final Duration INITIAL_BACKOFF = Duration.ofMinutes(2);

  /** A peer that is back for a day has announced itself. */
  static final Duration MAX_BACKOFF = Duration.ofHours(24);

  /** With this many peers or more, one of them may be offline. */
  private static final int MIN_COUNT_FOR_OFFLINE = 3;

  private static final Backoff NO_BACKOFF = new Backoff(0, Instant.MIN);

  private record Backoff(int failures, Instant until) {}

  private final RandomGenerator random;
  private final Map<String, Backoff> backoffs = new HashMap<>();

  GossipPeerSelector(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Selects distinct peers.
   *
   * @param known all known neighbours; the backoff of any other is forgotten
   * @param count how many at most
   * @param excluded names that are not selected
   */
  List<Peer> select(Collection<Neighbour> known, int count, Set<String> excluded, Instant now) {
    backoffs.keySet().retainAll(known.stream().map(Neighbour::name).toList());
    List<Peer> online = new ArrayList<>();
    List<Peer> offline = new ArrayList<>();
    for (Neighbour neighbour : known) {
      String name = neighbour.name();
      boolean backingOff = backoffs.getOrDefault(name, NO_BACKOFF).until().isAfter(now);
      if (!neighbour.address().isEmpty() && !backingOff && !excluded.contains(name)) {
        (neighbour.online() ? online : offline)
            .add(
                new Peer(
                    name,
                    neighbour.address(),
                    neighbour.sources().contains(Neighbour.Source.CONFIGURED)));
      }
    }
    Collections.shuffle(online, Random.from(random));
    Collections.shuffle(offline, Random.from(random));
    boolean includeOffline = count >= MIN_COUNT_FOR_OFFLINE && !offline.isEmpty();
    int onlineCount = Math.min(online.size(), includeOffline ? count - 1 : count);
    List<Peer> selected = new ArrayList<>(online.subList(0, onlineCount));
    selected.addAll(offline.subList(0, Math.min(offline.size(), count - onlineCount)));
    return selected;
  }

  void recordSuccess(String name) {
    backoffs.remove(name);
  }

  void recordFailure(String name, Instant now) {
    int failures = backoffs.getOrDefault(name, NO_BACKOFF).failures() + 1;
    long doubled = INITIAL_BACKOFF.toSeconds() << Math.min(failures - 1, 20);
    backoffs.put(
        name, new Backoff(failures, now.plusSeconds(Math.min(doubled, MAX_BACKOFF.toSeconds()))));
  }
}
