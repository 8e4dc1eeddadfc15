package nara.network;

import java.time.Duration;
import nara.ledger.LedgerConfig;
import nara.testing.Mosquitto;
import org.junit.jupiter.api.Test;

/** Eight whole nodes and a real Mosquitto. None is told of any other. */
class NetworkIT {
  @Test
  void eight_nodes_discover_each_other_on_the_plaza_and_survive_churn() {
    try (Mosquitto broker = Mosquitto.start();
        TestNetwork network = TestNetwork.withBroker(broker, 8)) {
      NetworkScenario scenario = new NetworkScenario(network);
      NetworkScenario.NAMES.forEach(network::start);

      scenario.allDiscoverEachOther();
      scenario.eventsReachAllWithinTwoRounds();
      scenario.restartedNodeRecovers("bart");
      scenario.leavingNodeIsOfflineForAll("abe", Duration.ZERO);
      scenario.killedNodeIsMissingAfter(LedgerConfig.MISSING_AFTER, "moe");
    }
  }
}
