package nara.testing;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.Event;
import nara.event.json.RawEvents;
import nara.ledger.LedgerRequest;
import nara.mesh.client.MeshRequest;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryNotification;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.recovery.report.Report;
import nara.social.SocialConfig;
import nara.stash.StashConfig;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;

/** A whole node on loopback with real sockets, as a test wants it: no waits, a free port. */
public final class TestNode implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** The names of all nodes that tests have started. */
  private static final Set<String> STARTED_NAMES = ConcurrentHashMap.newKeySet();

  private final Vertx vertx;
  private final NaraNode node;
  private final Promise<Report> report;

  private TestNode(Vertx vertx, NaraNode node, Promise<Report> report) {
    this.vertx = vertx;
    this.node = node;
    this.report = report;
  }

  /** A node that begins with these events, judged by its policy. */
  public static TestNode holding(String name, List<byte[]> events) {
    return start(name, events, config -> config, progressed -> {});
  }

  /**
   * A node of that name.
   *
   * @param config changes what {@link #loopback} gives
   * @param onProgress told as the recovery goes on
   */
  public static TestNode start(
      String name,
      List<byte[]> events,
      UnaryOperator<NodeConfig> config,
      Consumer<RecoveryProgressed> onProgress) {
    return start(name, events, config, onProgress, Scheduler.system());
  }

  /** The same, by another time than the machine's. */
  public static TestNode start(
      String name,
      List<byte[]> events,
      UnaryOperator<NodeConfig> config,
      Consumer<RecoveryProgressed> onProgress,
      Scheduler scheduler) {
    return start(name, events, config, onProgress, scheduler, RandomGenerator.getDefault());
  }

  /** The same, with its chances drawn from there. */
  public static TestNode start(
      String name,
      List<byte[]> events,
      UnaryOperator<NodeConfig> config,
      Consumer<RecoveryProgressed> onProgress,
      Scheduler scheduler,
      RandomGenerator random) {
    Promise<Report> report = Promise.promise();
    STARTED_NAMES.add(name);
    AtomicReference<Vertx> vertx = new AtomicReference<>();
    NaraNode node =
        Blocking.await(
            NaraNode.start(
                config.apply(loopback()),
                Citizen.named(name).identity(),
                scheduler,
                random,
                starting -> {
                  vertx.set(Vertx.currentContext().owner());
                  starting
                      .bus()
                      .subscribe(
                          RecoveryNotification.ADDRESS,
                          RecoveryNotification.class,
                          news -> {
                            switch (news) {
                              case RecoveryProgressed progressed -> onProgress.accept(progressed);
                              case RecoveryNotification.RecoveryFinished done ->
                                  report.tryComplete(done.report());
                            }
                          });
                  return starting.bus().request(TrustRequest.ADDRESS, offer(events), TIMEOUT);
                }),
            TIMEOUT);
    return new TestNode(vertx.get(), node, report);
  }

  /** Loopback, a free mesh port, no plaza, no management port, no stash, no waits. */
  public static NodeConfig loopback() {
    NodeConfig config = ConfigReader.read("{}", Map.of(), 4_096).config().orElseThrow();
    return config
        .with(config.mesh().listeningOn("127.0.0.1", 0))
        .with(new NodeConfig.WebConfig(false, "127.0.0.1", 0))
        .with(StashConfig.disabled())
        .with(SocialConfig.disabled())
        .with(config.recovery().withoutFirstWait());
  }

  /** Lets a configuration know these peers, by name and address. */
  public static UnaryOperator<NodeConfig> withPeers(String... peers) {
    return config ->
        config.with(
            config
                .discovery()
                .withPeers(Arrays.stream(peers).map(peer -> ConfiguredPeer.parse(peer)).toList()));
  }

  private static TrustRequest.OfferEvents offer(List<byte[]> events) {
    return new TrustRequest.OfferEvents(OfferSource.peer("test"), RawEvents.join(events));
  }

  public NaraNode node() {
    return node;
  }

  /** {@code name@host:port}, as a peer is configured. */
  public String configuredPeer() {
    return node.identity().name() + "@" + address();
  }

  public String address() {
    return "127.0.0.1:" + node.meshPort().orElseThrow();
  }

  /** The report of its recovery, waited for. */
  public Report report() {
    return Blocking.await(report.future(), TIMEOUT);
  }

  /** What it holds, as text. */
  public Set<String> heldEvents() {
    return heldEvents(event -> true);
  }

  /** The same without what nodes of tests say themselves: their comings and goings, say. */
  public Set<String> heldCorpus() {
    return heldEvents(event -> !STARTED_NAMES.contains(event.emitter()));
  }

  private Set<String> heldEvents(Predicate<Event> wanted) {
    Set<String> held = new TreeSet<>();
    for (Event event :
        Blocking.await(
                node.bus()
                    .request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), TIMEOUT),
                TIMEOUT)
            .events()) {
      if (wanted.test(event)) {
        held.add(new String(event.json(), StandardCharsets.UTF_8));
      }
    }
    return held;
  }

  /**
   * Ends it, and nobody on the mesh hears a word: what a crash looks like to others. Its cable to
   * the broker, if it has one, is to be cut before.
   */
  public void kill() {
    vertx
        .eventBus()
        .addInboundInterceptor(
            delivery -> {
              if (delivery.message().address().equals(MeshRequest.ADDRESS)) {
                delivery.message().fail(1, "it was killed");
              } else {
                delivery.next();
              }
            });
    close();
  }

  @Override
  public void close() {
    Blocking.await(node.stop(), TIMEOUT);
  }
}
