package nara.demo;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nara.bus.Time;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.EventReader;
import nara.event.Reading;
import nara.event.Verdict;
import nara.identity.Identity;
import nara.identity.Soul;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Judged;
import nara.node.Blocking;
import nara.node.ConfigReader;
import nara.node.NaraNode;
import nara.node.NodeConfig;
import nara.plaza.LoopbackBroker;
import nara.recovery.MemoryMode;
import nara.recovery.RecoveryConfig;

/**
 * A network on loopback: a broker and neighbours, each a whole node with sockets of its own, that
 * hold overlapping parts of one history; each event is with two of them, where there are two.
 */
public final class Demo implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** With how many neighbours each event is. */
  private static final int COPIES = 2;

  private final Vertx brokerVertx;
  private final LoopbackBroker broker;
  private final List<NaraNode> neighbours = new ArrayList<>();
  private final long seed;

  private Demo(Vertx brokerVertx, LoopbackBroker broker, long seed) {
    this.brokerVertx = brokerVertx;
    this.broker = broker;
    this.seed = seed;
  }

  /**
   * Makes the history and starts the neighbours.
   *
   * @param events distinct events of the history
   * @param say told a sentence for each step
   */
  public static Demo start(
      int neighbours, int events, long seed, Time clock, Consumer<String> say) {
    Vertx vertx = Vertx.vertx();
    Demo demo = new Demo(vertx, await(LoopbackBroker.start(vertx, 0)), seed);
    try {
      say.accept("making %,d signed events of %d citizens".formatted(events, Corpus.CITIZENS));
      Corpus corpus = Corpus.make(events, Corpus.CITIZENS, seed, clock.instant());
      List<List<byte[]>> parts = parts(corpus, neighbours, seed);
      for (int i = 0; i < neighbours; i++) {
        demo.neighbours.add(demo.neighbour("neighbour-" + (i + 1), parts.get(i), clock));
      }
      say.accept(
          "%d neighbours are up, each with about %,d of them; broker at %s"
              .formatted(neighbours, parts.get(0).size(), demo.broker.url()));
      return demo;
    } catch (RuntimeException failed) {
      demo.close();
      throw failed;
    }
  }

  /** The configuration of a node without a memory that knows these neighbours. */
  public NodeConfig freshNode() {
    NodeConfig config = onLoopback();
    List<ConfiguredPeer> peers =
        neighbours.stream()
            .map(
                node ->
                    new ConfiguredPeer(
                        node.identity().name(), "127.0.0.1:" + node.meshPort().orElseThrow()))
            .toList();
    return config
        .withDiscovery(config.discovery().withPeers(peers))
        .withRecovery(config.recovery().startingAtOnce());
  }

  /** Who the fresh node is. */
  public Identity freshIdentity() {
    return identity("fresh");
  }

  /** The neighbours. */
  public List<NaraNode> neighbours() {
    return List.copyOf(neighbours);
  }

  private NaraNode neighbour(String name, List<byte[]> events, Time clock) {
    EventReader reader = new EventReader();
    List<Judged> judged = new ArrayList<>(events.size());
    for (byte[] json : events) {
      // Made and signed here a moment ago: there is nothing to find out about them.
      judged.add(new Judged(((Reading.Read) reader.read(json)).event(), Verdict.VALID));
    }
    return await(
        NaraNode.start(
            onLoopback(),
            identity(name),
            clock,
            RandomGenerator.getDefault(),
            node ->
                node.bus().ask(LedgerRequest.ADDRESS, new LedgerRequest.Merge(judged), PATIENCE)));
  }

  private NodeConfig onLoopback() {
    NodeConfig config = ConfigReader.defaults();
    return config
        .withMesh(config.mesh().on("127.0.0.1", 0))
        .withPlaza(config.plaza().at(broker.url()))
        .withMemory(
            new NodeConfig.MemoryConfig(
                MemoryMode.HOG, MemoryMode.HOG.maxEvents(), config.memory().snapshot()))
        .withRecovery(RecoveryConfig.defaults(MemoryMode.HOG))
        .withWeb(new NodeConfig.WebConfig(false, "127.0.0.1", 0));
  }

  private Identity identity(String name) {
    SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
    byte[] soulSeed = new byte[32];
    random.nextBytes(soulSeed);
    return Identity.of(name, Soul.forName(soulSeed, name));
  }

  /** Announcements go to everybody, the rest to a few in a random draw. */
  private static List<List<byte[]>> parts(Corpus corpus, int neighbours, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<List<byte[]>> parts = new ArrayList<>();
    for (int i = 0; i < neighbours; i++) {
      parts.add(new ArrayList<>(corpus.events().subList(0, corpus.announcements())));
    }
    for (byte[] event : corpus.events().subList(corpus.announcements(), corpus.events().size())) {
      int first = random.nextInt(neighbours);
      for (int copy = 0; copy < Math.min(COPIES, neighbours); copy++) {
        int stride = copy == 0 ? 0 : 1 + random.nextInt(neighbours - 1);
        parts.get((first + stride) % neighbours).add(event);
      }
    }
    return parts;
  }

  @Override
  public void close() {
    for (NaraNode node : neighbours) {
      await(node.stop());
    }
    await(broker.stop());
    await(brokerVertx.close());
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, PATIENCE);
  }
}
