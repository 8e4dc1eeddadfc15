package nara.network;

import java.time.Duration;
import nara.ledger.LedgerConfig;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;

/** Eight whole nodes and a real Mosquitto. None is told of any other. */
class NetworkIT {
  @Test
  void eight_find_each_other_on_the_plaza_and_stay_one_network_whoever_comes_and_goes() {
    try (Mosquitto broker = Mosquitto.start();
        Village village = Village.around(broker, 8)) {
      Life life = new Life(village);
      Life.NAMES.forEach(village::start);

      life.allFindEachOther();
      life.whatHappensToOneReachesAllWithinTwoRounds();
      life.oneRestartsAndRecovers("bart");
      life.oneLeavesAndIsOfflineForAll("abe", Duration.ZERO);
      life.oneIsKilledAndIsMissingAfter(LedgerConfig.MISSING_AFTER, "moe");
    }
  }
}
