package nara.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
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
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.trust.EventVerifier;
import nara.trust.OfferSource;
import nara.trust.TrustConfig;
import nara.trust.TrustRequest;
import nara.trust.verifier.ParallelVerifier;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.TableVerifier;

/**
 * One process of a benchmark: neighbours, the node that recovers, or the floor. It does what its
 * standard input says, a line each, and answers each with a line of {@code key=value}. It ends with
 * its input, so none is left behind by a benchmark that is killed.
 *
 * <ul>
 *   <li>{@code hold FILE SPREAD NEIGHBOUR NEIGHBOURS}: one more node, with that part of a history
 *   <li>{@code drop}: stops all of them
 *   <li>{@code recover MOST_EVENTS PEER...}: a new node that recovers from those
 *   <li>{@code recover-open PORT MOST_EVENTS PEER...}: the same, with the management port open
 *   <li>{@code floor FILE}: the history's signatures, verified and nothing else
 *   <li>{@code snapshot FILE SNAPSHOT}: a node's snapshot of that history
 *   <li>{@code restart MOST_EVENTS SNAPSHOT}: a node from that snapshot, until it serves
 * </ul>
 */
final class BenchWorker {
  /** Begins each line that is an answer. */
  static final String RESPONSE_PREFIX = "answer ";

  /** Whose key a neighbour knows, so that a benchmark can ask it without a node of its own. */
  static final Citizen ASKER = Citizen.named("asker");

  private static final Duration TIMEOUT = Duration.ofMinutes(5);
  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final AtomicLong liveBytes = new AtomicLong();
  private final List<NaraNode> runningNodes = new ArrayList<>();
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
      case "snapshot" ->
          snapshot(BenchHistory.read(Path.of(command.get(1))), Path.of(command.get(2)));
      case "restart" -> restart(Integer.parseInt(command.get(1)), Path.of(command.get(2)));
      default -> throw new IllegalArgumentException(command.get(0));
    };
  }

  private String hold(List<byte[]> events, String name) {
    NaraNode node = start(name, holderConfig(events), judged(events), Promise.promise());
    node.keys().learn(ASKER.name(), ASKER.id(), ASKER.key(), Origin.CONFIG);
    runningNodes.add(node);
    return "peer=" + name + "@127.0.0.1:" + node.meshPort().orElseThrow();
  }

  /** Made and signed by the benchmark: there is nothing to find out about them. */
  private static List<JudgedEvent> judged(List<byte[]> events) {
    EventReader reader = new EventReader();
    List<JudgedEvent> judged = new ArrayList<>(events.size());
    for (byte[] json : events) {
      judged.add(
          new JudgedEvent(((ReadResult.ParsedEvent) reader.read(json)).event(), Verdict.VALID));
    }
    return judged;
  }

  private String snapshot(BenchHistory history, Path file) {
    List<byte[]> events = history.events();
    NaraNode node =
        start(
            "fresh",
            snapshotConfig(events.size(), file),
            judged(events),
            RawEvents.join(events.subList(0, history.announcements())),
            Promise.promise());
    Blocking.await(node.stop(), TIMEOUT);
    return "snapshot=" + file;
  }

  /** Only once in a process: it measures the cold start. */
  private String restart(int events, Path file) {
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    NaraNode node = start("fresh", snapshotConfig(events, file), List.of(), Promise.promise());
    long took = System.nanoTime() - start;
    cpu = SYSTEM.getProcessCpuTime() - cpu;
    LedgerStats ledger =
        Blocking.await(
            node.bus().request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), TIMEOUT),
            TIMEOUT);
    long collector =
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum();
    System.gc();
    return "took=%d cpu=%d collector_ms=%d held=%d json=%d heap=%d"
        .formatted(took, cpu, collector, ledger.total(), ledger.bytes(), heapUsed());
  }

  private String drop() {
    runningNodes.forEach(node -> Blocking.await(node.stop(), TIMEOUT));
    runningNodes.clear();
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
    long allocated = THREADS.getTotalThreadAllocatedBytes();
    long cpu = SYSTEM.getProcessCpuTime();
    long start = System.nanoTime();
    NaraNode node = start("fresh", config, List.of(), done);
    Report report = Blocking.await(done.future(), TIMEOUT);
    long took = System.nanoTime() - start;
    cpu = SYSTEM.getProcessCpuTime() - cpu;
    allocated = THREADS.getTotalThreadAllocatedBytes() - allocated;
    int classes = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
    long peak =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum();
    System.gc();
    long own = heapUsed();
    long fetched = report.neighbours().stream().mapToLong(Report.NeighbourTotals::events).sum();
    long bytes = report.neighbours().stream().mapToLong(Report.NeighbourTotals::bytes).sum();
    int requests = report.neighbours().stream().mapToInt(Report.NeighbourTotals::requests).sum();
    int failures = report.neighbours().stream().mapToInt(Report.NeighbourTotals::failures).sum();
    for (Report.StageReport stageReport : report.stageReports()) {
      System.err.println(stageReport);
    }
    Blocking.await(node.stop(), TIMEOUT);
    return String.format(
        Locale.ROOT,
        "outcome=%s took=%d cpu=%d held=%d fetched=%d bytes=%d requests=%d failures=%d"
            + " allocated=%d classes=%d peak=%d live=%d own=%d",
        report.outcome(),
        took,
        cpu,
        report.ledgerTotals().total(),
        fetched,
        bytes,
        requests,
        failures,
        allocated,
        classes,
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
    return start(name, config, holding, RawEvents.join(List.of()), done);
  }

  /**
   * Starts a node.
   *
   * @param offered events that it verifies, such as announcements, whose keys it has to learn
   */
  private static NaraNode start(
      String name,
      NodeConfig config,
      List<JudgedEvent> holding,
      RawEvents offered,
      Promise<Report> done) {
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
                  .request(
                      TrustRequest.ADDRESS,
                      new TrustRequest.OfferEvents(OfferSource.SNAPSHOT, offered),
                      TIMEOUT)
                  .compose(
                      learned ->
                          node.bus()
                              .request(
                                  LedgerRequest.ADDRESS,
                                  new LedgerRequest.MergeEvents(holding),
                                  TIMEOUT));
            }),
        TIMEOUT);
  }

  /** A node on loopback that recovers: room for so many events and some, nothing else on. */
  private static NodeConfig config(int events) {
    return config(events, "127.0.0.1");
  }

  /**
   * A neighbour, which only answers. A node that listens on all addresses refuses loopback
   * addresses that others announce; so the neighbours never meet, and don't fetch each other's
   * parts during the measurements.
   */
  private static NodeConfig holderConfig(List<byte[]> events) {
    long bytes = events.stream().mapToLong(event -> event.length).sum();
    // By default a node keeps what fits into a sixth of its heap. This neighbour must keep all.
    return config(
        events.size(), "0.0.0.0", ", \"max_bytes\": %d".formatted(bytes + bytes / 4 + (1 << 20)));
  }

  private static NodeConfig config(int events, String host) {
    return config(events, host, "");
  }

  private static NodeConfig snapshotConfig(int events, Path file) {
    return config(events, "127.0.0.1", ", \"snapshot\": \"%s\"".formatted(file));
  }

  /**
   * @param memory more members of that section
   */
  private static NodeConfig config(int events, String host, String memory) {
    String json =
        """
        {"mesh": {"host": "%s", "port": 0, "requests_per_second": 0}, "web": {"enabled": false},
         "memory": {"mode": "hog", "max_events": %d%s},
         "recovery": {"first_wait": "0s", "tries": 1}}
        """
            .formatted(host, events + events / 4 + 1_000, memory);
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
