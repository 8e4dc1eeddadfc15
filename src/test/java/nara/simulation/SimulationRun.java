package nara.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Social;
import nara.identity.Identity;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryConfig;
import nara.simulation.Scenario.HonestNeighbour;
import nara.simulation.Scenario.HostileNeighbour;
import nara.simulation.Scenario.Incident;
import nara.simulation.Scenario.Source;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Surroundings;
import nara.simulation.machine.CachingVerifier;
import nara.simulation.machine.Link;
import nara.simulation.machine.SimulatedHost;
import nara.simulation.machine.SimulatedNetwork;
import nara.simulation.machine.VirtualTime;
import nara.stash.StashConfig;
import nara.testing.Citizen;
import nara.testing.RecordCopy;
import nara.trust.TrustPolicy;

/** One simulation from its seed to its verdict. */
final class SimulationRun {
  /** A recovery that takes longer has failed. */
  private static final Duration MAX_RECOVERY = Duration.ofMinutes(30);

  /** Gossip brings most news within minutes, and background sync the rest within hours. */
  private static final Duration HEALING_STEP = Duration.ofMinutes(10);

  private static final int MAX_HEALING_STEPS = 30;

  private static final long MAX_STEPS = 3_000_000;

  private static final CachingVerifier VERIFIER = new CachingVerifier();
  private static final NodeConfig BASE =
      ConfigReader.read("{}", Map.of(), 4_096).config().orElseThrow().with(StashConfig.disabled());

  private final Scenario scenario;
  private final SplittableRandom random;
  private final VirtualTime time = new VirtualTime();
  private final Story story = new Story(time);
  private final SimulatedNetwork network;
  private final List<SimulatedHost> hostileHosts = new ArrayList<>();
  private final List<HonestNode> neighbours = new ArrayList<>();
  private final List<List<byte[]>> parts;
  private final Truth truth;
  private HonestNode subject;

  /** What a run has shown. */
  record Result(long seed, List<String> failures, long trace, String story, long steps) {
    boolean failed() {
      return !failures.isEmpty();
    }

    /** This one, and another of the same seed after it. */
    Result with(Result next) {
      List<String> all = new ArrayList<>(failures);
      all.addAll(next.failures);
      return new Result(
          seed, all, trace * 31 + next.trace, story + '\n' + next.story, steps + next.steps);
    }
  }

  private SimulationRun(Scenario scenario) {
    this.scenario = scenario;
    this.random = new SplittableRandom(scenario.seed() ^ 0x5DEECE66DL);
    this.network = new SimulatedNetwork(time, random.split());
    int honest = scenario.neighbours().size();
    this.parts = History.VILLAGE.deal(scenario.size(), honest, scenario.spread(), random.split());
    this.truth = new Truth(honestIdentities(), VERIFIER);
  }

  /** The recovery of a seed, and its village if it has one. */
  static Result run(long seed) {
    Result recovery = runRecovery(seed);
    return VillageScenario.isDrawn(seed) && !recovery.failed()
        ? recovery.with(VillageRun.run(seed, VERIFIER))
        : recovery;
  }

  private static Result runRecovery(long seed) {
    Scenario scenario = Scenario.draw(seed);
    SimulationRun run = new SimulationRun(scenario);
    try {
      return run.result(verdict(run::play));
    } finally {
      run.network.shutDown();
    }
  }

  /** What a play tells, or how it broke. */
  static List<String> verdict(Supplier<List<String>> play) {
    try {
      return play.get();
    } catch (RuntimeException | AssertionError broken) {
      StringWriter trace = new StringWriter();
      broken.printStackTrace(new PrintWriter(trace));
      return List.of("the simulation broke: " + trace);
    }
  }

  /**
   * What has happened until now. The end of the machines, which Vert.x leaves to threads, is not
   * part of it.
   */
  private Result result(List<String> failures) {
    return new Result(
        scenario.seed(),
        failures,
        network.trace(),
        scenario.describe() + story.text(),
        time.steps());
  }

  private List<Identity> honestIdentities() {
    List<Identity> all = new ArrayList<>(History.VILLAGE.citizens());
    all.add(Citizen.named("newcomer").identity());
    return all;
  }

  private List<String> play() {
    startNeighbours();
    startHostiles();
    runFor(Duration.ofSeconds(2));
    Map<HonestNode, Map<EventId, JudgedEvent>> heldBefore = new LinkedHashMap<>();
    neighbours.forEach(node -> heldBefore.put(node, node.heldById()));
    Duration began = Duration.ofNanos(time.nanos());
    startSubject();
    scenario.incidents().forEach(this::schedule);
    Duration end = began.plus(MAX_RECOVERY);
    while (!isOver() && time.nanos() < end.toNanos() && time.steps() < MAX_STEPS) {
      time.step();
    }
    Duration took = Duration.ofNanos(time.nanos()).minus(began);
    runFor(Duration.ofSeconds(1));
    Oracles oracles = new Oracles(scenario, truth, subject, neighbours, heldBefore, took);
    List<String> failures = new ArrayList<>(oracles.afterRecovery());
    if (scenario.heals() && failures.isEmpty()) {
      failures.addAll(oracles.afterHealing(heal()));
    }
    failures.forEach(failure -> story.tell("FAILED: %s", failure));
    return failures;
  }

  private boolean isOver() {
    return !subject.reports().isEmpty() && restartsPending == 0;
  }

  private int restartsPending;

  private void runFor(Duration duration) {
    long end = time.nanos() + duration.toNanos();
    long maxSteps = time.steps() + MAX_STEPS;
    while (time.nextMoment() <= end && time.steps() < maxSteps) {
      time.step();
    }
  }

  // The actors.

  private String hostAddress(int number) {
    return "10.77.0." + (number + 1);
  }

  private void startNeighbours() {
    for (int i = 0; i < scenario.neighbours().size(); i++) {
      HonestNeighbour plan = scenario.neighbours().get(i);
      HonestNode node =
          new HonestNode(
              network,
              i + 1,
              History.VILLAGE.citizens().get(i + 1),
              neighbourConfig(plan),
              VERIFIER,
              random.split(),
              story);
      node.host().setSkew(plan.skew());
      network.link(hostAddress(0), node.host().address()).set(plan.quality());
      neighbours.add(node);
      node.start(BASE, content(i));
    }
  }

  /** What a neighbour begins with: its part, and forgeries when it believes everything. */
  private List<byte[]> content(int neighbour) {
    List<byte[]> events = new ArrayList<>(parts.get(neighbour));
    if (scenario.neighbours().get(neighbour).believesAll()) {
      List<Identity> citizens = History.VILLAGE.citizens();
      for (int i = 0; i < 40; i++) {
        Identity victim = citizens.get(i % citizens.size());
        events.add(
            Forger.sign(
                Forger.impostor(victim.name()),
                Event.unixNanos(SimulatedHost.START) - i * 3_700_000_000_000L,
                new Social("tease", victim.name(), victim.id(), "x" + i, "", "f", "")));
      }
    }
    return events;
  }

  private UnaryOperator<NodeConfig> neighbourConfig(HonestNeighbour plan) {
    return config -> {
      NodeConfig own = quiet(config);
      if (plan.believesAll()) {
        own = own.with(RecordCopy.with(own.trust(), "policy", TrustPolicy.REFERENCE));
      }
      return scenario.acquainted()
          ? own.with(
              own.discovery()
                  .withPeers(List.of(ConfiguredPeer.parse(hostAddress(1) + ":" + HonestNode.PORT))))
          : own;
    };
  }

  /** Without a management port. */
  static NodeConfig quiet(NodeConfig config) {
    return config
        .with(new NodeConfig.WebConfig(false, "127.0.0.1", 0))
        .with(RecordCopy.with(config.trust(), "recheckOneIn", 0))
        .with(config.recovery().withoutFirstWait());
  }

  private void startHostiles() {
    int number = scenario.neighbours().size() + 1;
    for (HostileNeighbour plan : scenario.hostiles()) {
      SimulatedHost host = network.addHost(number++);
      hostileHosts.add(host);
      List<byte[]> known = new ArrayList<>();
      for (byte[] event : parts.get(random.nextInt(parts.size()))) {
        if (random.nextInt(4) > 0) {
          known.add(event);
        }
      }
      new HostilePeer(
              Forger.impostor(plan.name()),
              host,
              surroundings(),
              plan.misbehaviours(),
              known,
              random.split())
          .start();
      story.tell("hostile %s listens at %s", plan.describe(), host.address());
    }
  }

  private Surroundings surroundings() {
    List<Surroundings.Nara> naras =
        History.VILLAGE.citizens().stream()
            .map(each -> new Surroundings.Nara(each.name(), each.id(), each.keys().publicKey()))
            .toList();
    List<String> addresses = new ArrayList<>();
    addresses.add(hostAddress(0) + ":" + HonestNode.PORT);
    neighbours.forEach(node -> addresses.add(node.address()));
    List<Event> history =
        parts.stream()
            .flatMap(List::stream)
            .distinct()
            .map(json -> Citizen.read(json).event())
            .toList();
    return new Surroundings(naras, addresses, history, Event.unixNanos(SimulatedHost.START));
  }

  private void startSubject() {
    Identity identity =
        scenario.subjectIsCitizen()
            ? History.VILLAGE.citizens().getFirst()
            : Citizen.named("newcomer").identity();
    subject =
        new HonestNode(network, 0, identity, this::subjectConfig, VERIFIER, random.split(), story);
    story.tell("%s starts with nothing", subject.name());
    subject.start(BASE, List.of());
  }

  private NodeConfig subjectConfig(NodeConfig config) {
    NodeConfig own = quiet(config);
    List<ConfiguredPeer> peers = new ArrayList<>();
    boolean scan = false;
    for (int i = 0; i < scenario.neighbours().size(); i++) {
      scan |= scenario.neighbours().get(i).source() == Source.SCAN;
      addPeer(peers, scenario.neighbours().get(i).source(), neighbours.get(i).name(), i + 1);
    }
    for (int i = 0; i < scenario.hostiles().size(); i++) {
      scan |= scenario.hostiles().get(i).source() == Source.SCAN;
      HostileNeighbour hostile = scenario.hostiles().get(i);
      addPeer(peers, hostile.source(), hostile.name(), scenario.neighbours().size() + 1 + i);
    }
    Optional<DiscoveryConfig.Scan> range =
        scan
            ? Optional.of(new DiscoveryConfig.Scan("10.77.0.0/28", HonestNode.PORT))
            : Optional.empty();
    DiscoveryConfig discovery = RecordCopy.with(own.discovery().withPeers(peers), "scan", range);
    RecoveryConfig recovery =
        RecordCopy.with(
            RecordCopy.with(own.recovery(), "maxEvents", scenario.maxEvents()),
            "thoroughness",
            scenario.thorough()
                ? RecoveryConfig.Thoroughness.FULL
                : RecoveryConfig.Thoroughness.PROBE);
    return own.with(discovery)
        .with(recovery)
        .with(
            RecordCopy.with(
                RecordCopy.with(own.memory(), "maxEvents", scenario.maxEvents()),
                "maxBytes",
                scenario.maxBytes()));
  }

  private void addPeer(List<ConfiguredPeer> peers, Source source, String name, int number) {
    String address = hostAddress(number) + ":" + HonestNode.PORT;
    switch (source) {
      case NAMED -> peers.add(ConfiguredPeer.parse(name + "@" + address));
      case ADDRESS -> peers.add(ConfiguredPeer.parse(address));
      case SCAN -> {}
    }
  }

  // What goes wrong.

  private void schedule(Incident incident) {
    HonestNode node = incident.node() < 0 ? subject : neighbours.get(incident.node());
    restartsPending += incident.kind() == Incident.Kind.RESTART ? 1 : 0;
    time.runAfter(incident.after().toNanos(), () -> begin(incident, node));
  }

  private void begin(Incident incident, HonestNode node) {
    story.tell("%s: %s, %s", node.name(), incident.kind(), incident.amount());
    switch (incident.kind()) {
      case RESTART -> {
        node.kill(random.nextBoolean());
        time.runAfter(incident.amount().toNanos(), () -> restart(node, incident.node()));
      }
      case BLOCK -> {
        block(node, true);
        time.runAfter(incident.amount().toNanos(), () -> block(node, false));
      }
      case CLOCK_JUMP -> node.host().setSkew(node.host().skew().plus(incident.amount()));
    }
  }

  private void restart(HonestNode node, int number) {
    restartsPending--;
    story.tell("%s starts again", node.name());
    node.kill(true);
    node.start(BASE, number < 0 ? List.of() : content(number));
  }

  private void block(HonestNode node, boolean now) {
    Set<String> others = new LinkedHashSet<>();
    for (int i = 0; i <= scenario.neighbours().size() + scenario.hostiles().size(); i++) {
      others.add(hostAddress(i));
    }
    others.remove(node.host().address());
    others.forEach(other -> network.link(node.host().address(), other).block(now));
  }

  /** Lets everybody say something when all is well again, and time pass. */
  private Map<EventId, String> heal() {
    story.tell("all is well again, and hostile neighbours are gone");
    hostileHosts.forEach(host -> host.kill(false));
    List<HonestNode> all = new ArrayList<>(neighbours);
    all.add(subject);
    all.forEach(node -> node.host().setSkew(Duration.ZERO));
    for (HonestNode one : all) {
      for (HonestNode other : all) {
        network.link(one.host().address(), other.host().address()).set(Link.Quality.GOOD);
      }
    }
    runFor(Duration.ofSeconds(1));
    Map<EventId, String> news = new LinkedHashMap<>();
    all.forEach(node -> news.put(node.say("window"), node.name()));
    int healing = 0;
    do {
      runFor(HEALING_STEP);
      healing++;
    } while (healing < MAX_HEALING_STEPS
        && scenario.isCalm()
        && scenario.hasRoom()
        && !all.stream().allMatch(node -> node.heldById().keySet().containsAll(news.keySet())));
    story.tell("the news has gone round for %d steps of %s", healing, HEALING_STEP);
    return news;
  }
}
