package nara.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest.Peer;

/**
 * With whom this node gossips next: drawn at random from those who are there, and now and then
 * somebody who is not known to be, since a zine that is taken is the best proof of life.
 *
 * <p>Who did not answer is left alone for a while, each time twice as long.
 */
final class GossipPeerSelector {
  /** How long somebody is left alone who did not answer once. */
  static final Duration INITIAL_BACKOFF = Duration.ofMinutes(2);

  /** How long at most: somebody who is back for a day has announced itself by then. */
  static final Duration MAX_BACKOFF = Duration.ofHours(24);

  /** From so many on, one of them is somebody of whom it is not known whether it is there. */
  private static final int MIN_COUNT_FOR_UNCERTAIN = 3;

  private record Backoff(int failures, Instant until) {}

  private final RandomGenerator random;
  private final Map<String, Backoff> backoffs = new HashMap<>();

  GossipPeerSelector(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Draws some, each once.
   *
   * @param known everybody that discovery knows
   * @param count how many at the most
   * @param filter who else must be left out
   */
  List<Peer> select(List<Neighbour> known, int count, Predicate<String> filter, Instant now) {
    backoffs.keySet().retainAll(known.stream().map(Neighbour::name).toList());
    List<Peer> online = new ArrayList<>();
    List<Peer> uncertain = new ArrayList<>();
    for (Neighbour neighbour : known) {
      boolean backingOff = backoffs.getOrDefault(neighbour.name(), NO_BACKOFF).until().isAfter(now);
      if (!neighbour.address().isEmpty() && !backingOff && filter.test(neighbour.name())) {
        (neighbour.online() ? online : uncertain)
            .add(new Peer(neighbour.name(), neighbour.address()));
      }
    }
    shuffle(online);
    shuffle(uncertain);
    boolean includeUncertain = count >= MIN_COUNT_FOR_UNCERTAIN && !uncertain.isEmpty();
    int onlineCount = Math.min(online.size(), includeUncertain ? count - 1 : count);
    List<Peer> selected = new ArrayList<>(online.subList(0, onlineCount));
    selected.addAll(uncertain.subList(0, Math.min(uncertain.size(), count - onlineCount)));
    return selected;
  }

  private static final Backoff NO_BACKOFF = new Backoff(0, Instant.MIN);

  /** It answered. */
  void recordSuccess(String name) {
    backoffs.remove(name);
  }

  /** It did not. */
  void recordFailure(String name, Instant now) {
    int failures = backoffs.getOrDefault(name, NO_BACKOFF).failures() + 1;
    long doubled = INITIAL_BACKOFF.toSeconds() << Math.min(failures - 1, 20);
    backoffs.put(
        name, new Backoff(failures, now.plusSeconds(Math.min(doubled, MAX_BACKOFF.toSeconds()))));
  }

  private void shuffle(List<Peer> peers) {
    for (int i = peers.size() - 1; i > 0; i--) {
      Collections.swap(peers, i, random.nextInt(i + 1));
    }
  }
}
