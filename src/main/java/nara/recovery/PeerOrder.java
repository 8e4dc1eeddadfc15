package nara.recovery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;
import nara.mesh.client.MeshRequest.Peer;

/**
 * The order in which a recovery prefers peers: the configured ones as they are, then the others at
 * random, one of each host before the second of any. Names are free to invent, so their order must
 * not decide.
 */
final class PeerOrder {
  private PeerOrder() {}

  static List<Peer> of(List<Peer> peers, RandomGenerator random) {
    List<Peer> ordered = new ArrayList<>(peers.stream().filter(Peer::configured).toList());
    List<Peer> discovered = new ArrayList<>(peers.stream().filter(p -> !p.configured()).toList());
    Collections.shuffle(discovered, Random.from(random));
    Map<String, Deque<Peer>> byHost = new LinkedHashMap<>();
    discovered.forEach(
        peer -> byHost.computeIfAbsent(peer.host(), first -> new ArrayDeque<>()).add(peer));
    while (!byHost.isEmpty()) {
      byHost.values().forEach(sameHost -> ordered.add(sameHost.poll()));
      byHost.values().removeIf(Deque::isEmpty);
    }
    return ordered;
  }
}
