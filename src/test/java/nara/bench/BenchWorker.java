package nara.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.Promise;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import nara.bench.BenchHistory.Spread;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.trust.EventVerifier;
import nara.trust.TrustConfig;
import nara.trust.verifier.ParallelVerifier;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.TableVerifier;

/**
 * One process of a benchmark: a neighbour, the node that recovers, or the floor. It does what its
 * standard input says, a line each, and answers each with a line of {@code key=value}. It ends with
 * its input, so none is left behind by a benchmark that is killed.
 *
 * <ul>
 *   <li>{@code hold FILE SPREAD NEIGHBOUR NEIGHBOURS}: a node with that part of a history
 *   <li>{@code drop}: stops it
 *   <li>{@code recover MOST_EVENTS PEER...}: a new node that recovers from those
 *   <li>{@code recover-open PORT MOST_EVENTS PEER...}: the same, with the management port open
 *   <li>{@code floor FILE}: the history's signatures, verified and nothing else
 * </ul>
 */
final class BenchWorker {
  /** Begins each line that is an answer. */
  static final String RESPONSE_PREFIX = "answer ";

  /** Whose key a neighbour knows, so that a benchmark can ask it without a node of its own. */
  static final Citizen ASKER = Citizen.named("asker");

  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final AtomicLong liveBytes = new AtomicLong();
  private Optional<NaraNode> runningNode = Optional.empty();
  private List<SignatureCheck> checks = List.of();

  private BenchWorker() {}

  public static void main(String[] args) throws IOException {
    BenchWorker worker = new BenchWorker();
    worker.watchHeap();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(RESPONSE_PREFIX + worker.answer(List.of(line.split(" "))));
    }
    System.exit(0);
  }

  private String answer(List<String> command) throws IOException {
    return switch (command.get(0)) {
      case "hold" ->
          hold(
              BenchHistory.read(Path.of(command.get(1)))
                  .part(
                      Spread.valueOf(command.get(2)),
                      Integer.parseInt(command.get(3)),
                      Integer.parseInt(command.get(4))),
              "neighbour-" + command.get(3));
      case "drop" -> drop();
      case "recover" ->
          recover(config(Integer.parseInt(command.get(1))), command.subList(2, command.size()));
      case "recover-open" ->
          recover(
              config(Integer.parseInt(command.get(2)))
                  .with(
                      new NodeConfig.WebConfig(
                          true, "127.0.0.1", Integer.parseInt(command.get(1)))),
              command.subList(3, command.size()));
      case "floor" -> floor(Path.of(command.get(1)));
      default -> throw new IllegalArgumentException(command.get(0));
    };
  }

  private String hold(List<byte[]> events, String name) {
    EventReader reader = new EventReader();
    List<JudgedEvent> judged = new ArrayList<>(events.size());
    for (byte[] json : events) {
      // Made and signed by the benchmark: there is nothing to find out about them.
      judged.add(
          new JudgedEvent(((ReadResult.ParsedEvent) reader.read(json)).event(), Verdict.VALID));
    }
    NaraNode node = start(name, config(events.size()), judged, Promise.promise());
    node.keys().learn(ASKER.name(), ASKER.id(), ASKER.key(), Origin.CONFIG);
    runningNode = Optional.of(node);
    return "peer=" + name + "@127.0.0.1:" + node.meshPort().orElseThrow();
  }

  private String drop() {
    runningNode.ifPresent(node -> Blocking.await(node.stop(), TIMEOUT));
    runningNode = Optional.empty();
    System.gc();
    return "dropped=1";
  }

  private String recover(NodeConfig alone, List<String> peers) {
    NodeConfig config =
        alone.with(alone.discovery().withPeers(peers.stream().map(ConfiguredPeer::parse).toList()));
    System.gc();
    liveBytes.set(0);
    ManagementFactory.getMemoryPoolMXBeans().forEach(pool -> pool.resetPeakUsage());
    Promise<Report> done = Promise.promise();
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    NaraNode node = start("fresh", config, List.of(), done);
    Report report = Blocking.await(done.future(), TIMEOUT);
    long took = System.nanoTime() - start;
    cpu = SYSTEM.getProcessCpuTime() - cpu;
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum();
    System.gc();
    long own = heapUsed();
    long fetched = report.neighbours().stream().mapToLong(Report.NeighbourTotals::events).sum();
    long bytes = report.neighbours().stream().mapToLong(Report.NeighbourTotals::bytes).sum();
    for (Report.StageReport stageReport : report.stageReports()) {
      System.err.println(stageReport);
    }
    Blocking.await(node.stop(), TIMEOUT);
    return String.format(
        Locale.ROOT,
        "outcome=%s took=%d cpu=%d held=%d fetched=%d bytes=%d peak=%d live=%d own=%d",
        report.outcome(),
        took,
        cpu,
        report.ledgerTotals().total(),
        fetched,
        bytes,
        peak,
        Math.max(liveBytes.get(), own),
        own);
  }

  private String floor(Path file) throws IOException {
    if (checks.isEmpty()) {
      checks = signaturesOf(BenchHistory.read(file).events());
    }
    int cores = Runtime.getRuntime().availableProcessors();
    System.gc();
    boolean good = true;
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    try (ForkJoinPool pool = new ForkJoinPool(cores)) {
      SignatureVerifier verifier =
          new ParallelVerifier(
              new TableVerifier(TrustConfig.defaults().maxKeyTables()), pool, cores);
      for (boolean answer : verifier.verify(checks)) {
        good &= answer;
      }
    }
    long took = System.nanoTime() - start;
    cpu = SYSTEM.getProcessCpuTime() - cpu;
    if (!good) {
      throw new IllegalStateException("a signature of the history is refused");
    }
    return "took=" + took + " cpu=" + cpu + " signatures=" + checks.size();
  }

  /** Exactly what a judge has verified when all of these events are new. */
  private static List<SignatureCheck> signaturesOf(List<byte[]> events) {
    EventReader reader = new EventReader();
    List<SignatureCheck> seen = new ArrayList<>();
    SignatureVerifier recorder =
        new SignatureVerifier() {
          @Override
          public String name() {
            return "recorder";
          }

          @Override
          public boolean[] verify(List<SignatureCheck> batch) {
            seen.addAll(batch);
            boolean[] all = new boolean[batch.size()];
            Arrays.fill(all, true);
            return all;
          }
        };
    new EventVerifier(recorder, new Keyring(), InstantSource.system())
        .verify(events.stream().map(reader::read).toList());
    return seen;
  }

  private static NaraNode start(
      String name, NodeConfig config, List<JudgedEvent> holding, Promise<Report> done) {
    return Blocking.await(
        NaraNode.start(
            config,
            Citizen.named(name).identity(),
            Scheduler.system(),
            RandomGenerator.getDefault(),
            node -> {
              node.bus()
                  .subscribe(
                      RecoveryNotification.ADDRESS,
                      RecoveryNotification.class,
                      news -> {
                        if (news instanceof RecoveryNotification.RecoveryFinished finished) {
                          done.complete(finished.report());
                        }
                      });
              return node.bus()
                  .request(LedgerRequest.ADDRESS, new LedgerRequest.MergeEvents(holding), TIMEOUT);
            }),
        TIMEOUT);
  }

  /** Loopback and a memory with room for so many and some, nothing else on. */
  private static NodeConfig config(int events) {
    String json =
        """
        {"mesh": {"host": "127.0.0.1", "port": 0, "requests_per_second": 0}, "web": {"enabled": false},
         "memory": {"mode": "hog", "max_events": %d},
         "recovery": {"first_wait": "0s", "tries": 1}}
        """
            .formatted(events + events / 4 + 1_000);
    return ConfigReader.read(json, Map.of(), 4_096).config().orElseThrow();
  }

  /** Remembers the most that was in use right after a collection. */
  private void watchHeap() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, handback) -> {
                GarbageCollectionNotificationInfo info =
                    GarbageCollectionNotificationInfo.from(
                        (CompositeData) notification.getUserData());
                long used =
                    info.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                        .filter(pool -> !pool.getKey().contains("Code"))
                        .filter(pool -> !pool.getKey().contains("Meta"))
                        .filter(pool -> !pool.getKey().contains("Class"))
                        .map(Map.Entry::getValue)
                        .mapToLong(MemoryUsage::getUsed)
                        .sum();
                liveBytes.accumulateAndGet(used, Math::max);
              },
              notification ->
                  notification
                      .getType()
                      .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION),
              null);
    }
  }

  private static long heapUsed() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
