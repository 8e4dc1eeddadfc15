package nara.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest.Peer;
import org.junit.jupiter.api.Test;

class GossipPeerSelectorTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_768_800_000);

  private final GossipPeerSelector selector = new GossipPeerSelector(new Random(1));

  @Test
  void every_online_neighbour_is_selected() {
    List<Neighbour> known = online(12);
    Set<String> drawn = new TreeSet<>();
    for (int round = 0; round < 50; round++) {
      List<String> names = names(selector.select(known, 4, Set.of(), NOW));
      assertThat(names).hasSize(4).doesNotHaveDuplicates();
      drawn.addAll(names);
    }

    assertThat(drawn).hasSize(12);
  }

  @Test
  void one_selected_peer_may_be_offline() {
    List<Neighbour> known = new ArrayList<>(online(6));
    known.add(neighbour("back", "10.0.0.9:1", false));

    assertThat(names(selector.select(known, 3, Set.of(), NOW))).contains("back").hasSize(3);
    assertThat(names(selector.select(known, 2, Set.of(), NOW))).doesNotContain("back").hasSize(2);
  }

  @Test
  void peers_without_an_address_and_excluded_peers_are_not_selected() {
    List<Neighbour> known = List.of(neighbour("far", "", true), neighbour("near", "a:1", true));

    assertThat(names(selector.select(known, 5, Set.of(), NOW))).containsExactly("near");
    assertThat(selector.select(known, 5, Set.of("near"), NOW)).isEmpty();
  }

  @Test
  void backoff_doubles_until_peer_responds() {
    List<Neighbour> known = List.of(neighbour("silent", "a:1", true));
    Instant at = NOW;
    for (int times = 1; times <= 3; times++) {
      selector.recordFailure("silent", at);
      Instant rested = at.plus(GossipPeerSelector.INITIAL_BACKOFF.multipliedBy(1L << (times - 1)));
      assertThat(selector.select(known, 3, Set.of(), rested.minusSeconds(1))).isEmpty();
      assertThat(selector.select(known, 3, Set.of(), rested)).hasSize(1);
      at = rested;
    }
    selector.recordSuccess("silent");
    selector.recordFailure("silent", at);

    assertThat(selector.select(known, 3, Set.of(), at.plus(GossipPeerSelector.INITIAL_BACKOFF)))
        .hasSize(1);
  }

  @Test
  void backoff_is_at_most_one_day() {
    List<Neighbour> known = List.of(neighbour("gone", "a:1", false));
    for (int times = 0; times < 80; times++) {
      selector.recordFailure("gone", NOW);
    }

    assertThat(selector.select(known, 3, Set.of(), NOW.plus(GossipPeerSelector.MAX_BACKOFF)))
        .hasSize(1);
  }

  private static List<Neighbour> online(int count) {
    List<Neighbour> known = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      known.add(neighbour("n" + i, "10.0.0." + i + ":7433", true));
    }
    return known;
  }

  private static Neighbour neighbour(String name, String address, boolean online) {
    return new Neighbour(name, "", address, Optional.empty(), Set.of(), online);
  }

  private static List<String> names(List<Peer> peers) {
    return peers.stream().map(Peer::name).toList();
  }
}
