package nara.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Service;
import nara.event.Verdict;
import nara.journey.JourneyRequest;
import nara.journey.JourneyRequest.OwnState;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.machine.CachingVerifier;
import nara.simulation.machine.SimulatedBroker;
import nara.simulation.machine.VirtualTime;

final class VillageOracles {
  private final VillageScenario scenario;
  private final List<HonestNode> nodes;
  private final List<HostilePeer> hostiles;
  private final SimulatedBroker broker;
  private final Story story;
  private final Map<HonestNode, byte[]> stashes = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  VillageOracles(
      VillageScenario scenario,
      List<HonestNode> nodes,
      List<HostilePeer> hostiles,
      SimulatedBroker broker,
      CachingVerifier verifier,
      Story story,
      VirtualTime time) {
    this.scenario = scenario;
    this.nodes = nodes;
    this.hostiles = hostiles;
    this.broker = broker;
    this.story = story;
  }

  void beforeLife() {}

  void onStashSet(HonestNode node, byte[] data) {
    stashes.put(node, data);
  }

  boolean hasOpenJourneys() {
    return nodes.stream()
        .flatMap(node -> own(node).stream())
        .anyMatch(each -> each.state() == OwnState.UNDER_WAY);
  }

  private static List<JourneyRequest.OwnJourney> own(HonestNode node) {
    return node.ask(JourneyRequest.ADDRESS, new JourneyRequest.ListOwnJourneys()).journeys();
  }

  List<String> afterLife() {
    Map<String, Integer> topics = new java.util.TreeMap<>();
    broker.published().forEach(m -> topics.merge(m.topic(), 1, Integer::sum));
    story.tell("topics %s", topics);
    for (HonestNode node : nodes) {
      story.tell(
          "%s: %s, %s consensus %s stash %s journeys %s",
          node.name(),
          node.reports().stream().map(r -> r.outcome()).toList(),
          node.held().stream().filter(e -> e.event().service() == Service.CHECKPOINT && ((Checkpoint) e.event().payload()).asOfTime() > 1772366400L).map(e -> e.verdict() + "" + e.event().payload()).toList().size(),
          node.ask(nara.checkpoint.consensus.ConsensusRequest.ADDRESS, new nara.checkpoint.consensus.ConsensusRequest.GetConsensusState()),
          node.ask(nara.stash.StashRequest.ADDRESS, new nara.stash.StashRequest.GetStashStatus()),
          own(node).stream().map(j -> j.state() + " " + j.journey().hops().size()).toList());
    }
    return failures;
  }
}
