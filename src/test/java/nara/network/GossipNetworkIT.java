package nara.network;

import nara.ledger.LedgerConfig;
import org.junit.jupiter.api.Test;

/** Eight whole nodes without any broker, in gossip mode. Seven are told where the first one is. */
class GossipNetworkIT {
  @Test
  void eight_nodes_discover_each_other_by_gossip_and_survive_churn() {
    try (TestNetwork network = TestNetwork.withoutBroker(8)) {
      NetworkScenario scenario = new NetworkScenario(network);
      NetworkScenario.NAMES.forEach(network::start);

      scenario.allDiscoverEachOther();
      scenario.eventsReachAllWithinTwoRounds();
      scenario.restartedNodeRecovers("bart");
      scenario.leavingNodeIsOfflineForAll("abe", network.gossipRound().multipliedBy(2));
      scenario.killedNodeIsMissingAfter(LedgerConfig.MISSING_AFTER_IN_GOSSIP, "moe");
    }
  }
}
