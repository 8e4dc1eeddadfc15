package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest.EventRef;
import nara.recovery.RecoveryConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the pages rung fetches for each case of how a history is spread over neighbours, beside the
 * least that anybody could who asks for whole pages. Counts only: the same on every machine.
 */
class FetchCountTest {
  private enum Spread {
    EQUAL,
    TWICE,
    DISJOINT,
    LONE
  }

  @ParameterizedTest
  @CsvSource({
    "1, 20000, EQUAL",
    "4, 20000, EQUAL",
    "8, 20000, EQUAL",
    "8, 80000, EQUAL",
    "8, 320000, EQUAL",
    "2, 20000, TWICE",
    "4, 20000, TWICE",
    "4, 80000, TWICE",
    "8, 20000, TWICE",
    "8, 80000, TWICE",
    "8, 320000, TWICE",
    "4, 20000, DISJOINT",
    "8, 20000, DISJOINT",
    "8, 80000, DISJOINT",
    "8, 320000, DISJOINT",
    "2, 20000, LONE",
    "4, 20000, LONE",
    "4, 80000, LONE",
    "8, 20000, LONE",
    "8, 80000, LONE",
    "8, 320000, LONE",
  })
  void fetched_events_are_close_to_the_minimum(int peers, int size, Spread spread) {
    SimulatedNetwork network = new SimulatedNetwork();
    SplittableRandom random = new SplittableRandom(size + peers);
    List<EventRef> all = network.makeEvents(size, i -> random.nextLong(2_500_000_000_000_000L));
    List<List<EventRef>> parts = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      parts.add(new ArrayList<>());
    }
    for (int i = 0; i < size; i++) {
      // Announcements are with everybody, as they are in a network that gossips.
      boolean announcement = i < 100;
      int one = random.nextInt(peers);
      int other = (one + 1 + random.nextInt(Math.max(1, peers - 1))) % peers;
      boolean rare = random.nextInt(100) == 0;
      for (int peer = 0; peer < peers; peer++) {
        boolean holds =
            switch (spread) {
              case EQUAL -> true;
              case TWICE -> peer == one || peer == other;
              case DISJOINT -> peer == one;
              case LONE -> !rare || peer == peers - 1;
            };
        if (holds || announcement) {
          parts.get(peer).add(all.get(i));
        }
      }
      if (announcement) {
        network.announcements.add(all.get(i).id());
      } else if (i < 120) {
        network.checkpoints.add(all.get(i).id());
      }
    }
    for (int i = 0; i < peers; i++) {
      network.addPeer("p" + i, parts.get(i));
    }

    PagesRung rung = network.recover(RecoveryConfig.defaults(MemoryMode.HOG));

    double least = size * (spread == Spread.TWICE ? 2.0 * (peers - 1) / peers : 1);
    assertThat(network.held.size())
        .isGreaterThanOrEqualTo((int) Math.ceil(size * (spread == Spread.LONE ? 0.999 : 1)));
    assertThat(network.fetched / least).isLessThanOrEqualTo(1.15);
    assertThat(rung.lossDescription()).isEmpty();
  }
}
