package nara.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.journey.Hop;
import nara.journey.JourneyRequest;
import nara.journey.JourneyRequest.OwnJourney;
import nara.journey.JourneyRequest.OwnState;
import nara.node.config.NodeConfig;
import nara.snapshot.SnapshotConfig;
import nara.stash.StashConfig;
import nara.stash.StashRequest;
import nara.stash.StashRequest.ConfidantState;
import nara.stash.StashRequest.StashStatus;
import nara.testing.FakeBus;
import nara.testing.Mosquitto;
import nara.testing.TcpProxy;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eight whole nodes on one broker that meet there, and that lose some of them. */
class EightCitizensIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Longer than the time between two missed checks that count. */
  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(61);

  private static final byte[] SECRET = "the treehouse's password".getBytes(UTF_8);
  private static final String OWNER = "citizen-0";

  private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

  /** One clock for all, so that a minute can pass at once. */
  private final Scheduler clock =
      Scheduler.of(() -> InstantSource.system().instant().plus(ahead.get()));

  private final Map<String, TestNode> nodes = new HashMap<>();
  private final Map<String, TcpProxy> cables = new HashMap<>();
  private Mosquitto broker;

  @TempDir private Path folder;

  @BeforeEach
  void startEight() {
    broker = Mosquitto.start();
    IntStream.range(0, 8).forEach(i -> start("citizen-" + i, 0, true));
    nodes.keySet().forEach(this::awaitOthers);
  }

  @AfterEach
  void close() {
    nodes.values().forEach(TestNode::close);
    cables.values().forEach(TcpProxy::close);
    broker.close();
  }

  @Test
  void journeys_and_a_stash_survive_the_loss_of_nodes() {
    request(OWNER, StashRequest.ADDRESS, new StashRequest.SetStashData(SECRET));
    List<String> confidants = names(passUntil(EightCitizensIT::isHeldByThree));
    assertThat(confidants).hasSize(3);
    List<String> others =
        nodes.keySet().stream()
            .filter(name -> !name.equals(OWNER) && !confidants.contains(name))
            .sorted()
            .toList();

    others.subList(0, 2).forEach(this::kill);
    for (String name : nodes.keySet()) {
      assertThat(visitedByJourneyOf(name)).isEqualTo(nodes.keySet());
    }

    stop(OWNER);
    kill(confidants.get(2));
    List<String> restarted = confidants.subList(0, 2);
    for (String name : restarted) {
      start(name, stop(name), true);
    }
    start(OWNER, 0, false);
    awaitOthers(OWNER);
    StashStatus recovered = passUntil(status -> status.dataBytes().isPresent());
    assertThat(recovered.recovery())
        .matches("found with (" + String.join("|", restarted) + "), written .* ago");
    assertThat(request(OWNER, StashRequest.ADDRESS, new StashRequest.GetStashData()).data())
        .contains(SECRET);

    // Four others are left. Three are confidants, and the fourth replaces the one that dies.
    String lost = names(passUntil(EightCitizensIT::isHeldByThree)).get(0);
    kill(lost);
    for (int missed = 0; missed < 2; missed++) {
      request(OWNER, StashRequest.ADDRESS, new StashRequest.RecoverStash());
      ahead.updateAndGet(before -> before.plus(BETWEEN_CHECKS));
    }
    Set<String> left = new HashSet<>(nodes.keySet());
    left.remove(OWNER);
    assertThat(names(passUntil(EightCitizensIT::isHeldByThree)))
        .containsExactlyInAnyOrderElementsOf(left);
  }

  private void start(String name, int port, boolean hasDisk) {
    TcpProxy cable = new TcpProxy(broker.url());
    cables.put(name, cable);
    nodes.put(
        name,
        TestNode.start(
            name,
            List.of(),
            config ->
                withSnapshot(config, hasDisk ? Optional.of(folder.resolve(name)) : Optional.empty())
                    .with(config.mesh().listeningOn("127.0.0.1", port))
                    .with(config.plaza().withUrl(cable.url()).withoutJitter())
                    .with(StashConfig.defaults()),
            progressed -> {},
            clock));
  }

  private static NodeConfig withSnapshot(NodeConfig config, Optional<Path> file) {
    return config.with(
        new NodeConfig.MemoryConfig(
            config.memory().mode(),
            config.memory().maxEvents(),
            config.memory().maxBytes(),
            file.map(path -> new SnapshotConfig(path, Duration.ofMinutes(10)))));
  }

  /** Returns the mesh port that it had. */
  private int stop(String name) {
    TestNode node = nodes.remove(name);
    int port = node.node().meshPort().orElseThrow();
    node.close();
    cables.remove(name).close();
    return port;
  }

  /** Nobody hears a goodbye. */
  private void kill(String name) {
    cables.remove(name).close();
    nodes.remove(name).kill();
  }

  /** Waits until it has met all others that run. */
  private void awaitOthers(String name) {
    Set<String> others = new HashSet<>(nodes.keySet());
    others.remove(name);
    FakeBus.until(() -> reachable(name), online -> online.containsAll(others));
  }

  private Set<String> reachable(String name) {
    return request(name, DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours())
        .neighbours()
        .stream()
        .filter(Neighbour::online)
        .filter(neighbour -> !neighbour.address().isEmpty())
        .map(Neighbour::name)
        .collect(Collectors.toSet());
  }

  private Set<String> visitedByJourneyOf(String name) {
    assertThat(request(name, JourneyRequest.ADDRESS, new JourneyRequest.StartJourney("m")))
        .isInstanceOf(JourneyRequest.Started.class);
    OwnJourney journey =
        FakeBus.until(
            () ->
                request(name, JourneyRequest.ADDRESS, new JourneyRequest.ListOwnJourneys())
                    .journeys()
                    .get(0),
            own -> own.state() == OwnState.COMPLETE);
    List<String> hops = journey.journey().hops().stream().map(Hop::nara).toList();
    assertThat(hops).doesNotHaveDuplicates();
    return new HashSet<>(hops);
  }

  private static boolean isHeldByThree(StashStatus status) {
    return status.confidants().stream().filter(ConfidantState::confirmed).count() == 3;
  }

  private static List<String> names(StashStatus status) {
    return status.confidants().stream().map(ConfidantState::name).collect(Collectors.toList());
  }

  /** Lets passes of the owner run, one after the other, until its stash is as expected. */
  private StashStatus passUntil(Predicate<StashStatus> expected) {
    StashStatus status = request(OWNER, StashRequest.ADDRESS, new StashRequest.GetStashStatus());
    return expected.test(status)
        ? status
        : FakeBus.until(
            () -> request(OWNER, StashRequest.ADDRESS, new StashRequest.RecoverStash()), expected);
  }

  private <R extends BusMessage> R request(String name, String address, Request<R> request) {
    return Blocking.await(nodes.get(name).node().bus().request(address, request, TIMEOUT), TIMEOUT);
  }
}
