package nara.network;

import nara.ledger.LedgerConfig;
import org.junit.jupiter.api.Test;

/** Eight whole nodes without any broker, in gossip mode. Seven are told where the first one is. */
class GossipNetworkIT {
  @Test
  void eight_nodes_discover_each_other_by_gossip_and_survive_churn() {
    try (TestNetwork testNetwork = TestNetwork.withoutBroker(8)) {
      NetworkScenario networkScenario = new NetworkScenario(testNetwork);
      NetworkScenario.NAMES.forEach(testNetwork::start);

      networkScenario.allDiscoverEachOther();
      networkScenario.eventsReachAllWithinTwoRounds();
      networkScenario.restartedNodeRecovers("bart");
      networkScenario.leavingNodeIsOfflineForAll("abe", testNetwork.gossipRound().multipliedBy(2));
      networkScenario.killedNodeIsMissingAfter(LedgerConfig.MISSING_AFTER_IN_GOSSIP, "moe");
    }
  }
}
