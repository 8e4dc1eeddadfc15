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
import nara.mesh.MeshRequest.Peer;

/**
 * With whom this node gossips next: drawn at random from those who are there, and now and then
 * somebody who is not known to be, since a zine that is taken is the best proof of life.
 *
 * <p>Who did not answer is left alone for a while, each time twice as long.
 */
final class Circle {
  /** How long somebody is left alone who did not answer once. */
  static final Duration REST = Duration.ofMinutes(2);

  /** How long at most: somebody who is back for a day has announced itself by then. */
  static final Duration LONGEST_REST = Duration.ofHours(24);

  /** From so many on, one of them is somebody of whom it is not known whether it is there. */
  private static final int ROOM_FOR_ONE = 3;

  private record Silence(int times, Instant until) {}

  private final RandomGenerator random;
  private final Map<String, Silence> silent = new HashMap<>();

  Circle(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Draws some, each once.
   *
   * @param known everybody that discovery knows
   * @param count how many at the most
   * @param fit who else must be left out
   */
  List<Peer> draw(List<Neighbour> known, int count, Predicate<String> fit, Instant now) {
    silent.keySet().retainAll(known.stream().map(Neighbour::name).toList());
    List<Peer> there = new ArrayList<>();
    List<Peer> perhaps = new ArrayList<>();
    for (Neighbour neighbour : known) {
      boolean rests = silent.getOrDefault(neighbour.name(), NEVER).until().isAfter(now);
      if (!neighbour.address().isEmpty() && !rests && fit.test(neighbour.name())) {
        (neighbour.online() ? there : perhaps).add(new Peer(neighbour.name(), neighbour.address()));
      }
    }
    shuffle(there);
    shuffle(perhaps);
    boolean roomForOne = count >= ROOM_FOR_ONE && !perhaps.isEmpty();
    int ofThose = Math.min(there.size(), roomForOne ? count - 1 : count);
    List<Peer> drawn = new ArrayList<>(there.subList(0, ofThose));
    drawn.addAll(perhaps.subList(0, Math.min(perhaps.size(), count - ofThose)));
    return drawn;
  }

  private static final Silence NEVER = new Silence(0, Instant.MIN);

  /** It answered. */
  void answered(String name) {
    silent.remove(name);
  }

  /** It did not. */
  void failed(String name, Instant now) {
    int times = silent.getOrDefault(name, NEVER).times() + 1;
    long doubled = REST.toSeconds() << Math.min(times - 1, 20);
    silent.put(
        name, new Silence(times, now.plusSeconds(Math.min(doubled, LONGEST_REST.toSeconds()))));
  }

  private void shuffle(List<Peer> peers) {
    for (int i = peers.size() - 1; i > 0; i--) {
      Collections.swap(peers, i, random.nextInt(i + 1));
    }
  }
}
