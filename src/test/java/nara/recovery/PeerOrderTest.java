package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import nara.mesh.client.MeshRequest.Peer;
import org.junit.jupiter.api.Test;

class PeerOrderTest {
  @Test
  void configured_peers_come_first_and_then_one_of_each_host_in_random_order() {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      peers.add(new Peer("!" + i, "10.0.0.1:" + (9_000 + i)));
    }
    peers.add(new Peer("other", "10.0.0.2:9000"));
    peers.add(new Peer("third", "10.0.0.3:9000"));
    peers.add(new Peer("zoe", "10.0.0.4:9000", true));

    Set<String> firstDiscovered = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      List<Peer> ordered = PeerOrder.of(peers, new SplittableRandom(seed));
      assertThat(ordered).containsExactlyInAnyOrderElementsOf(peers);
      assertThat(ordered.getFirst().name()).isEqualTo("zoe");
      assertThat(ordered.subList(1, 4).stream().map(Peer::host)).doesNotHaveDuplicates();
      firstDiscovered.add(ordered.get(1).host());
    }
    assertThat(firstDiscovered).hasSize(3);
  }
}
