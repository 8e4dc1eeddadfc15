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
 * Counts the events that the pages rung fetches and its requests, for several spreads of a history
 * over neighbours. The bound of events is relative to the least possible number with whole pages.
 * The bounds are hardly above today's counts, which are the same on every machine.
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
    "1, 20000, EQUAL, 1.02, 11",
    "4, 20000, EQUAL, 1.055, 36",
    "4, 50000, EQUAL, 1.03, 38",
    "8, 20000, EQUAL, 1.09, 63",
    "8, 80000, EQUAL, 1.04, 63",
    "8, 320000, EQUAL, 1.02, 115",
    "2, 20000, TWICE, 1.03, 19",
    "4, 20000, TWICE, 1.06, 70",
    "4, 80000, TWICE, 1.05, 89",
    "8, 20000, TWICE, 1.09, 133",
    "8, 80000, TWICE, 1.05, 147",
    "8, 320000, TWICE, 1.04, 236",
    "4, 20000, DISJOINT, 1.08, 65",
    "8, 20000, DISJOINT, 1.14, 126",
    "8, 80000, DISJOINT, 1.05, 128",
    "8, 320000, DISJOINT, 1.04, 177",
    "2, 20000, LONE, 1.07, 40",
    "4, 20000, LONE, 1.09, 49",
    "4, 80000, LONE, 1.07, 61",
    "8, 20000, LONE, 1.12, 66",
    "8, 80000, LONE, 1.08, 78",
    "8, 320000, LONE, 1.04, 130",
  })
  void fetched_events_and_requests_stay_within_their_bounds(
      int peers, int size, Spread spread, double maxFetchedToLeast, int maxRequests) {
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
    assertThat(network.fetched / least).isLessThanOrEqualTo(maxFetchedToLeast);
    assertThat(network.requests.size()).isLessThanOrEqualTo(maxRequests);
    assertThat(rung.lossDescription()).isEmpty();
  }
}
