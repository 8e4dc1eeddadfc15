package nara.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import nara.bus.Timeouts;
import nara.checkpoint.consensus.ConsensusConfig;
import nara.event.Event;
import nara.journey.JourneyRequest;
import nara.mqtt.PlazaConfig;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Surroundings;
import nara.simulation.machine.CachingVerifier;
import nara.simulation.machine.SimulatedBroker;
import nara.simulation.machine.SimulatedHost;
import nara.simulation.machine.SimulatedNetwork;
import nara.simulation.machine.VirtualTime;
import nara.stash.StashRequest;
import nara.testing.Citizen;
import nara.testing.RecordCopy;

/**
 * A village from its seed to its verdict: whole nodes meet on a plaza, agree on checkpoints, send
 * journeys round, and keep stashes for each other.
 */
final class VillageRun {
  /** Behind the addresses of all nodes. */
  private static final int BROKER_NUMBER = 100;

  private static final long MAX_STEPS = 1_000_000;

  /** All nodes have found each other by then, when nothing is lost. */
  private static final Duration MEETING = Duration.ofSeconds(25);

  /** A proposal of each node, with two rounds. */
  private static final Duration LIFE = Duration.ofSeconds(55);

  /** A journey times out after five minutes, which a node checks every half minute. */
  private static final Duration JOURNEY_TIMEOUT = Duration.ofMinutes(6);

  /** Those of a day, in less than a minute. */
  private static final ConsensusConfig CONSENSUS =
      new ConsensusConfig(
          Duration.ofSeconds(40),
          Duration.ofSeconds(10),
          5,
          Duration.ofSeconds(15),
          Duration.ofSeconds(3));

  /** Small, so that an oversized message costs little. */
  private static final int MAX_MESSAGE_BYTES = 300_000;

  private static final NodeConfig BASE =
      ConfigReader.read("{}", Map.of(), 4_096).config().orElseThrow();

  private final VillageScenario scenario;
  private final SplittableRandom random;
  private final CachingVerifier verifier;
  private final VirtualTime time = new VirtualTime();
  private final Story story = new Story(time);
  private final SimulatedNetwork network;
  private final SimulatedBroker broker;
  private final List<HonestNode> nodes = new ArrayList<>();
  private final List<HostilePeer> hostiles = new ArrayList<>();
  private final List<byte[]> history;
  private final Set<Integer> hostileMessages = new HashSet<>();

  private VillageRun(VillageScenario scenario, CachingVerifier verifier) {
    this.scenario = scenario;
    this.verifier = verifier;
    this.random = new SplittableRandom(scenario.seed() ^ 0x5DEECE66DL);
    this.network = new SimulatedNetwork(time, random.split());
    SimulatedHost machine = network.addHost(BROKER_NUMBER);
    this.broker = new SimulatedBroker(machine, scenario.broker(), random.split());
    this.history =
        History.VILLAGE.deal(scenario.size(), 1, History.Spread.EQUAL, random.split()).getFirst();
  }

  static SimulationRun.Result run(long seed, CachingVerifier verifier) {
    VillageRun run = new VillageRun(VillageScenario.draw(seed), verifier);
    try {
      List<String> failures = SimulationRun.verdict(run::play);
      failures.forEach(failure -> run.story.tell("FAILED: %s", failure));
      return new SimulationRun.Result(
          seed,
          failures,
          run.network.trace(),
          run.scenario.describe() + run.story.text(),
          run.time.steps());
    } finally {
      run.network.shutDown();
    }
  }

  private List<String> play() {
    broker.start();
    runFor(Duration.ofSeconds(1));
    for (int i = 0; i < scenario.honest(); i++) {
      startNode(i);
    }
    startHostiles();
    runFor(Duration.ofSeconds(2));
    VillageOracles oracles =
        new VillageOracles(scenario, nodes, hostiles, broker.published(), verifier);
    oracles.beforeLife();
    runFor(MEETING);
    keepStashes(oracles);
    startJourneys();
    runFor(LIFE);
    if (scenario.returns()) {
      returnWithNothing(nodes.getLast());
    }
    if (scenario.waits() && oracles.hasOpenJourneys()) {
      runFor(JOURNEY_TIMEOUT);
    }
    return oracles.afterLife();
  }

  private void startNode(int number) {
    HonestNode node =
        new HonestNode(
            network,
            number,
            History.VILLAGE.citizens().get(number),
            this::config,
            verifier,
            random.split(),
            story);
    if (scenario.skewed()) {
      node.host().setSkew(Duration.ofMillis(random.nextInt(-8_000, 8_001)));
    }
    nodes.add(node);
    node.start(BASE, history);
  }

  private NodeConfig config(NodeConfig config) {
    NodeConfig quiet = SimulationRun.quiet(config);
    PlazaConfig plaza = PlazaConfig.defaults().withUrl(broker.url());
    return quiet.with(RecordCopy.with(plaza, "maxMessageBytes", MAX_MESSAGE_BYTES)).with(CONSENSUS);
  }

  private void startHostiles() {
    for (int i = 0; i < scenario.hostiles().size(); i++) {
      VillageScenario.Hostile plan = scenario.hostiles().get(i);
      SimulatedHost host = network.addHost(scenario.honest() + i);
      HostilePeer peer =
          new HostilePeer(
              Forger.impostor(plan.name()),
              host,
              surroundings(),
              plan.misbehaviours(),
              history,
              random.split());
      hostiles.add(peer);
      peer.start().onSuccess(listening -> peer.joinPlaza(broker.host().address(), hostileMessages));
      story.tell("hostile %s listens at %s", plan.describe(), host.address());
    }
  }

  private Surroundings surroundings() {
    List<Surroundings.Nara> naras =
        nodes.stream()
            .map(HonestNode::identity)
            .map(each -> new Surroundings.Nara(each.name(), each.id(), each.keys().publicKey()))
            .toList();
    return new Surroundings(
        naras,
        nodes.stream().map(HonestNode::address).toList(),
        history.stream().map(json -> Citizen.read(json).event()).toList(),
        Event.unixNanos(SimulatedHost.START));
  }

  private void keepStashes(VillageOracles oracles) {
    for (HonestNode node : List.of(nodes.getFirst(), nodes.getLast())) {
      byte[] data = new byte[random.nextInt(1, 2_000)];
      random.nextBytes(data);
      node.request(
          StashRequest.ADDRESS, new StashRequest.SetStashData(data), Duration.ofMinutes(1));
      oracles.onStashSet(node, data);
    }
  }

  private void startJourneys() {
    int journeys = 1 + random.nextInt(3);
    for (int i = 0; i < journeys; i++) {
      // The last node may lose its power, and what it has started is lost with it.
      HonestNode node = nodes.get(random.nextInt(nodes.size() - 1));
      JourneyRequest.StartJourney start = new JourneyRequest.StartJourney("round " + i);
      time.runAfter(
          Duration.ofMillis(random.nextInt(25_000)).toNanos(),
          () -> node.request(JourneyRequest.ADDRESS, start, Timeouts.IMPORT));
    }
  }

  private void returnWithNothing(HonestNode node) {
    story.tell("%s loses its power, and returns with nothing", node.name());
    node.kill(random.nextBoolean());
    runFor(Duration.ofSeconds(10));
    node.kill(true);
    node.start(BASE, List.of());
    runFor(Duration.ofSeconds(40));
  }

  private void runFor(Duration duration) {
    long end = time.nanos() + duration.toNanos();
    long maxSteps = time.steps() + MAX_STEPS;
    while (time.nextMoment() <= end && time.steps() < maxSteps) {
      time.step();
    }
  }
}
