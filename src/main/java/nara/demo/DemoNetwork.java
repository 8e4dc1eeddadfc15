package nara.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.identity.Identity;
import nara.identity.Soul;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.MemoryMode;
import nara.node.AwaitTimeoutException;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.Platform;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryConfig;
import nara.stash.StashConfig;

/**
 * A network on loopback: a broker, and neighbours that hold overlapping parts of one history. Each
 * neighbour is a whole node with its own sockets. Two of them hold each event.
 */
public final class DemoNetwork implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** Neighbours that hold each event. */
  private static final int REPLICAS = 2;

  private final Vertx brokerVertx;
  private final LoopbackBroker broker;
  private final List<NaraNode> neighbours = new ArrayList<>();
  private final long seed;
  private final Consumer<String> onStep;

  private DemoNetwork(
      Vertx brokerVertx, LoopbackBroker broker, long seed, Consumer<String> onStep) {
    this.brokerVertx = brokerVertx;
    this.broker = broker;
    this.seed = seed;
    this.onStep = onStep;
  }

  /**
   * Generates the history and starts the neighbours.
   *
   * @param events distinct events of the history
   * @param onStep receives a sentence about each step
   */
  public static DemoNetwork start(
      int neighbours, int events, long seed, Scheduler clock, Consumer<String> onStep) {
    Vertx vertx = Vertx.vertx(Platform.vertxOptions());
    DemoNetwork network =
        new DemoNetwork(vertx, await(LoopbackBroker.start(vertx, 0)), seed, onStep);
    try {
      onStep.accept(
          "generating %,d signed events of %d citizens".formatted(events, Corpus.CITIZENS));
      Corpus corpus = Corpus.generate(events, Corpus.CITIZENS, seed, clock.instant());
      List<List<byte[]>> parts = partition(corpus, neighbours, seed);
      for (int i = 0; i < neighbours; i++) {
        network.neighbours.add(network.startNeighbour("neighbour-" + (i + 1), parts.get(i), clock));
      }
      onStep.accept(
          "started %d %s with about %,d of these events%s, and a broker at %s"
              .formatted(
                  neighbours,
                  neighbours == 1 ? "neighbour" : "neighbours",
                  parts.get(0).size(),
                  neighbours == 1 ? "" : " each",
                  network.broker.url()));
      return network;
    } catch (RuntimeException failed) {
      network.close();
      throw failed;
    }
  }

  /** The configuration of a node with an empty ledger that knows these neighbours. */
  public NodeConfig freshConfig() {
    NodeConfig config = loopbackConfig();
    List<ConfiguredPeer> peers = new ArrayList<>();
    for (NaraNode node : neighbours) {
      String address = "127.0.0.1:" + node.meshPort().orElseThrow();
      peers.add(new ConfiguredPeer(node.identity().name(), address));
    }
    return config
        .with(config.discovery().withPeers(peers))
        .with(config.recovery().withoutFirstWait());
  }

  public Identity freshIdentity() {
    return identity("fresh");
  }

  public List<NaraNode> neighbours() {
    return List.copyOf(neighbours);
  }

  private NaraNode startNeighbour(String name, List<byte[]> events, Scheduler clock) {
    EventReader reader = new EventReader();
    List<JudgedEvent> judged = new ArrayList<>(events.size());
    for (byte[] json : events) {
      // Just signed here, so there is nothing to verify.
      judged.add(
          new JudgedEvent(((ReadResult.ParsedEvent) reader.read(json)).event(), Verdict.VALID));
    }
    LedgerRequest.MergeEvents merge = new LedgerRequest.MergeEvents(judged);
    return await(
        NaraNode.start(
            loopbackConfig(),
            identity(name),
            clock,
            RandomGenerator.getDefault(),
            node -> node.bus().request(LedgerRequest.ADDRESS, merge, TIMEOUT)));
  }

  private NodeConfig loopbackConfig() {
    NodeConfig config = ConfigReader.defaults();
    return config
        .with(config.mesh().listeningOn("127.0.0.1", 0))
        .with(config.plaza().withUrl(broker.url()))
        .with(
            new NodeConfig.MemoryConfig(
                MemoryMode.HOG,
                MemoryMode.HOG.maxEvents(),
                config.memory().maxBytes(),
                config.memory().snapshot()))
        .with(RecoveryConfig.defaults(MemoryMode.HOG))
        .with(new NodeConfig.WebConfig(false, "127.0.0.1", 0))
        .with(StashConfig.disabled());
  }

  private Identity identity(String name) {
    SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
    byte[] soulSeed = new byte[32];
    random.nextBytes(soulSeed);
    return Identity.of(name, Soul.forName(soulSeed, name));
  }

  /** All neighbours get the announcements; random ones get the other events. */
  private static List<List<byte[]>> partition(Corpus corpus, int neighbours, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<byte[]>> parts = new ArrayList<>();
    for (int i = 0; i < neighbours; i++) {
      parts.add(new ArrayList<>(corpus.events().subList(0, corpus.announcementCount())));
    }
    for (byte[] event :
        corpus.events().subList(corpus.announcementCount(), corpus.events().size())) {
      int first = random.nextInt(neighbours);
      for (int copy = 0; copy < Math.min(REPLICAS, neighbours); copy++) {
        int stride = copy == 0 ? 0 : 1 + random.nextInt(neighbours - 1);
        parts.get((first + stride) % neighbours).add(event);
      }
    }
    return parts;
  }

  @Override
  public void close() {
    try {
      neighbours.forEach(node -> await(node.stop()));
      await(broker.stop());
    } catch (AwaitTimeoutException late) {
      onStep.accept("a part of the demo has not stopped; the process ends now");
    }
    Blocking.close(brokerVertx);
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }
}
