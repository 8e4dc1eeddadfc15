package nara.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import nara.bus.Scheduler;
import nara.cluster.ClusterConfig;
import nara.cluster.Role;
import nara.event.Event;
import nara.event.json.RawEvents;
import nara.mqtt.PlazaConfig;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.Platform;
import nara.node.config.NodeConfig;
import nara.profile.HostStats;
import nara.snapshot.SnapshotConfig;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.FreePorts;
import nara.testing.Mosquitto;
import nara.testing.PrometheusServer;
import nara.testing.TestNode;
import nara.trust.OfferSource;
import nara.trust.TrustConfig;
import nara.trust.TrustRequest;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each alert of dist/prometheus/alerts.yml fires when its trouble comes and resolves when it ends:
 * real nodes, a real Prometheus. The alerts wait a second here instead of minutes; promtool tests
 * the minutes.
 */
class AlertsIT {
  private static final Path RULES = Path.of("dist/prometheus/alerts.yml");
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir static Path shared;

  private static PrometheusServer prometheus;

  /** The management port of the node of each test. */
  private static int port;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    port = FreePorts.next();
    Path rules = PrometheusServer.shortened(RULES, shared.resolve("alerts.yml"));
    prometheus = PrometheusServer.start(shared, rules, port);
  }

  @AfterAll
  static void stop() throws Exception {
    prometheus.close();
  }

  @Test
  void node_that_is_down_then_isolated_and_a_neighbour_that_comes_goes_and_comes_back()
      throws Exception {
    try (Mosquitto broker = Mosquitto.start()) {
      prometheus.awaitFiring("NaraDown");

      try (TestNode node = node(config -> onBroker(config, broker))) {
        assertThat(node.node().meshPort()).isPresent();
        prometheus.awaitFiring("NaraNotReady", "NaraNoNeighbours");
        prometheus.awaitResolved("NaraDown");

        TestNode elder = elder(broker);
        prometheus.awaitResolved("NaraNotReady", "NaraNoNeighbours");

        elder.close();
        prometheus.awaitFiring("NaraNoNeighbours");

        try (TestNode again = elder(broker)) {
          assertThat(again.node().meshPort()).isPresent();
          prometheus.awaitResolved("NaraNoNeighbours");
        }
      }
    }
  }

  private static TestNode elder(Mosquitto broker) {
    return TestNode.start("elder", List.of(), config -> onBroker(config, broker), progressed -> {});
  }

  private static NodeConfig onBroker(NodeConfig config, Mosquitto broker) {
    PlazaConfig plaza = config.plaza();
    return config.with(
        new PlazaConfig(
            broker.url(),
            "",
            "",
            false,
            Duration.ZERO,
            plaza.announceEvery(),
            plaza.howdyWait(),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            plaza.maxMessageBytes(),
            plaza.tls()));
  }

  @Test
  void broker_that_goes_and_comes_back() throws Exception {
    try (Mosquitto broker = Mosquitto.start();
        TestNode node = node(config -> onBroker(config, broker))) {
      assertThat(node.node().meshPort()).isPresent();
      prometheus.awaitResolved("NaraBrokerGone");

      broker.stop();
      prometheus.awaitFiring("NaraBrokerGone");

      broker.restart();
      prometheus.awaitResolved("NaraBrokerGone");
    }
  }

  @Test
  @Tag("long")
  void clock_that_is_off_until_the_operator_sets_it() throws Exception {
    Duration hour = Duration.ofHours(1);
    AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
    Scheduler late = Scheduler.of(() -> Instant.now().plus(offset.get()));
    Scheduler right = Scheduler.of(() -> Instant.now().plus(hour));
    UnaryOperator<NodeConfig> asIs = config -> config;
    try (TestNode bart = TestNode.start("bart", List.of(), asIs, progressed -> {}, right);
        TestNode moe = TestNode.start("moe", List.of(), asIs, progressed -> {}, right);
        TestNode node =
            TestNode.start(
                "lisa",
                List.of(),
                config ->
                    web(
                        TestNode.withPeers(bart.configuredPeer(), moe.configuredPeer())
                            .apply(config)),
                progressed -> {},
                late)) {
      assertThat(node.report().neighbours()).hasSize(2);
      prometheus.awaitFiring("NaraClockOff");

      offset.set(hour);
      prometheus.awaitResolved("NaraClockOff");
    }
  }

  @Test
  void disk_that_is_full_until_somebody_makes_room() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    // A real file system of 64 KiB. Only root may mount one; for others the directory disappears.
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString());
    Path away = folder.resolve("away");
    try {
      SnapshotConfig snapshot =
          new SnapshotConfig(disk.resolve("lisa.snapshot"), Duration.ofSeconds(1));
      try (TestNode node =
          node(
              config ->
                  config.with(
                      new NodeConfig.MemoryConfig(
                          config.memory().mode(),
                          config.memory().maxEvents(),
                          config.memory().maxBytes(),
                          Optional.of(snapshot))))) {
        prometheus.awaitData("nara_snapshot_bytes > 0");
        prometheus.awaitResolved("NaraSnapshotStale");

        if (mounted) {
          // More than the disk has room for.
          offer(node.node(), events(2_000));
        } else {
          Files.move(disk, away);
        }
        prometheus.awaitFiring("NaraSnapshotStale");

        if (mounted) {
          assertThat(run("mount", "-o", "remount,size=4m", disk.toString())).isTrue();
        } else {
          Files.move(away, disk);
        }
        prometheus.awaitResolved("NaraSnapshotStale");
      }
    } finally {
      if (mounted) {
        run("umount", disk.toString());
      }
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  private static List<byte[]> events(int count) {
    Citizen writer = Citizen.named("writer");
    long now = Event.unixNanos(Instant.now().minusSeconds(60));
    return Stream.concat(
            Stream.of(writer.heyThere(now, "")),
            Stream.iterate(1, i -> i + 1).limit(count).map(i -> writer.tease(now + i, "x" + i)))
        .toList();
  }

  private static void offer(NaraNode node, List<byte[]> events) {
    Blocking.await(
        node.bus()
            .request(
                TrustRequest.ADDRESS,
                new TrustRequest.OfferEvents(OfferSource.peer("test"), RawEvents.join(events)),
                TIMEOUT),
        TIMEOUT);
  }

  @Test
  void peer_that_is_refused_many_times_a_second() throws Exception {
    try (TestNode node = node(config -> config)) {
      prometheus.awaitResolved("NaraPeersRefused");
      CompletableFuture<Void> enough = new CompletableFuture<>();
      Thread peer = Thread.ofVirtual().start(() -> requestUnsigned(node.address(), enough));

      prometheus.awaitFiring("NaraPeersRefused");

      enough.complete(null);
      peer.join();
      prometheus.awaitResolved("NaraPeersRefused");
    }
  }

  private static void requestUnsigned(String address, CompletableFuture<Void> enough) {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/events/sync"))
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    while (!enough.isDone()) {
      http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
      enough.completeOnTimeout(null, 20, TimeUnit.SECONDS);
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  @Test
  @Tag("long")
  void verifier_that_accepts_a_forgery_until_a_restart_with_a_sound_one() throws Exception {
    NaraNode fooled = start(Optional.of(new Credulous()));
    Citizen writer = Citizen.named("writer");
    long now = Event.unixNanos(Instant.now());
    offer(fooled, List.of(writer.heyThere(now, ""), Altered.signature(writer.tease(now + 1, "x"))));
    prometheus.awaitFiring("NaraRecheckTripped", "NaraNotReady");
    Blocking.await(fooled.stop(), TIMEOUT);

    NaraNode sound = start(Optional.empty());
    prometheus.awaitResolved("NaraRecheckTripped");
    Blocking.await(sound.stop(), TIMEOUT);
  }

  private NaraNode start(Optional<SignatureVerifier> verifier) {
    NodeConfig config = web(TestNode.loopback());
    TrustConfig trust = config.trust();
    return Blocking.await(
        NaraNode.start(
            config.with(
                new TrustConfig(
                    trust.policy(),
                    trust.verifier(),
                    1,
                    trust.maxKeyTables(),
                    trust.maxQuarantined())),
            Citizen.named("lisa").identity(),
            new Platform(
                Vertx::vertx,
                Scheduler.system(),
                RandomGenerator.getDefault(),
                new SecureRandom(),
                verifier,
                2,
                HostStats::ofThisProcess),
            node -> Future.succeededFuture()),
        TIMEOUT);
  }

  /** A verifier with a defect: it accepts everything. */
  private static final class Credulous implements SignatureVerifier {
    @Override
    public String name() {
      return "credulous";
    }

    @Override
    public boolean[] verify(List<SignatureCheck> batch) {
      boolean[] all = new boolean[batch.size()];
      Arrays.fill(all, true);
      return all;
    }
  }

  @Test
  @Tag("long")
  void cluster_that_loses_its_quorum_and_gets_it_back() throws Exception {
    int[] ports = FreePorts.of("127.0.0.1", 2);
    CompletableFuture<TestNode> first = member(ports, 0);
    TestNode second = member(ports, 1).join();
    try (TestNode stays = first.join()) {
      assertThat(stays.node().meshPort()).isPresent();
      prometheus.awaitData("nara_cluster_members == 2");
      prometheus.awaitResolved("NaraQuorumLost");

      second.close();
      prometheus.awaitFiring("NaraQuorumLost");

      try (TestNode back = member(ports, 1).join()) {
        assertThat(back.node().meshPort()).isPresent();
        prometheus.awaitResolved("NaraQuorumLost");
      }
    }
  }

  /** A member that starts; the first one waits for the other. Only the first one is scraped. */
  private CompletableFuture<TestNode> member(int[] ports, int i) {
    ClusterConfig cluster =
        new ClusterConfig(
            true,
            "alerts-" + ports[0],
            "member-" + i,
            "127.0.0.1",
            ports[i],
            Optional.empty(),
            0,
            Arrays.stream(ports).mapToObj(each -> "127.0.0.1:" + each).toList(),
            Set.of(Role.values()),
            2,
            1,
            Duration.ofSeconds(6),
            Optional.empty(),
            false);
    return CompletableFuture.supplyAsync(
        () ->
            TestNode.start(
                "elephant",
                List.of(),
                config -> (i == 0 ? web(config) : config).with(cluster),
                progressed -> {}));
  }

  private TestNode node(UnaryOperator<NodeConfig> config) {
    return TestNode.start("lisa", List.of(), given -> web(config.apply(given)), progressed -> {});
  }

  private NodeConfig web(NodeConfig config) {
    return config.with(new NodeConfig.WebConfig(true, "127.0.0.1", port));
  }
}
