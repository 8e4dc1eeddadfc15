package nara.network;

import nara.ledger.LedgerConfig;
import org.junit.jupiter.api.Test;

/** Eight whole nodes without any broker, in gossip mode. Seven are told where the first one is. */
class GossipNetworkIT {
  @Test
  void eight_find_each_other_by_gossip_and_stay_one_network_whoever_comes_and_goes() {
    try (Village village = Village.withoutBroker(8)) {
      Life life = new Life(village);
      Life.NAMES.forEach(village::start);

      life.allFindEachOther();
      life.whatHappensToOneReachesAllWithinTwoRounds();
      life.oneRestartsAndRecovers("bart");
      life.oneLeavesAndIsOfflineForAll("abe", village.round().multipliedBy(2));
      life.oneIsKilledAndIsMissingAfter(LedgerConfig.MISSING_AFTER_IN_GOSSIP, "moe");
    }
  }
}
