package nara.stash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import nara.demo.Corpus;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.snapshot.SnapshotConfig;
import nara.stash.StashRequest.ConfidantState;
import nara.stash.StashRequest.StashStatus;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stashes between nodes of ours, over real sockets. */
class StashIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_PASSES = 50;
  private static final byte[] SECRET = "the treehouse's password".getBytes(UTF_8);

  @TempDir private Path folder;

  @Test
  void stash_survives_the_restart_of_its_owner_and_of_two_of_its_three_confidants() {
    List<TestNode> confidants = new ArrayList<>();
    for (String name : List.of("bart", "lisa", "maggie")) {
      confidants.add(start(name, 0, withSnapshot(name)));
    }
    try {
      String[] peers = confidants.stream().map(TestNode::configuredPeer).toArray(String[]::new);
      try (TestNode owner = start("milhouse", 0, TestNode.withPeers(peers))) {
        owner.report();
        request(owner, new StashRequest.SetStashData(SECRET));
        StashStatus status = passUntil(owner, StashIT::isHeldByThree);
        assertThat(status.dataBytes()).contains(SECRET.length);
        assertThat(status.toString()).doesNotContain("treehouse");
      }
      for (int i = 0; i < 2; i++) {
        TestNode old = confidants.get(i);
        int port = old.node().meshPort().orElseThrow();
        String name = old.node().identity().name();
        old.close();
        confidants.set(i, start(name, port, withSnapshot(name)));
        assertThat(keptStashes(confidants.get(i))).isEqualTo(1);
      }
      // The soul and one peer, nothing else: no disk.
      try (TestNode owner = start("milhouse", 0, TestNode.withPeers(peers[0]))) {
        StashStatus status = passUntil(owner, each -> each.dataBytes().isPresent());
        assertThat(status.recovery()).matches("found with (bart|lisa|maggie), written .* ago");
        assertThat(data(owner)).isEqualTo(SECRET);
        passUntil(owner, each -> onlineNeighbours(owner).size() == 3);
        assertThat(onlineNeighbours(owner)).containsExactly("bart", "lisa", "maggie");
        passUntil(owner, StashIT::isHeldByThree);
      }
    } finally {
      confidants.forEach(TestNode::close);
    }
  }

  @Test
  void confidant_that_lost_the_stash_gets_it_again() {
    TestNode bart = start("bart", 0, config -> config);
    int port = bart.node().meshPort().orElseThrow();
    try (TestNode owner = start("milhouse", 0, TestNode.withPeers(bart.configuredPeer()))) {
      owner.report();
      request(owner, new StashRequest.SetStashData(SECRET));
      passUntil(owner, status -> isHeldBy(status, 1));
      bart.close();
      bart = start("bart", port, config -> config);
      assertThat(keptStashes(bart)).isZero();
      TestNode restarted = bart;
      passUntil(owner, status -> keptStashes(restarted) == 1 && isHeldBy(status, 1));
    } finally {
      bart.close();
    }
  }

  private static int keptStashes(TestNode node) {
    return request(node, new StashRequest.GetStashStatus()).keptStashes();
  }

  @Test
  void soul_and_one_peer_find_the_neighbours_of_before_and_recover_their_events() {
    List<byte[]> events = Corpus.generate(500, 5, 7, Instant.now()).events();
    try (TestNode bart = start("bart", 0, config -> config);
        TestNode lisa = start("lisa", 0, events, config -> config)) {
      try (TestNode owner =
          start("milhouse", 0, TestNode.withPeers(bart.configuredPeer(), lisa.configuredPeer()))) {
        owner.report();
        passUntil(owner, status -> status.neighboursKept() == 2 && isHeldBy(status, 2));
      }
      try (TestNode owner = start("milhouse", 0, TestNode.withPeers(bart.configuredPeer()))) {
        assertThat(owner.report().outcome()).isEqualTo("complete");
        passUntil(owner, status -> owner.heldCorpus().size() >= events.size());
        assertThat(owner.heldCorpus()).containsAll(lisa.heldCorpus());
      }
    }
  }

  private static boolean isHeldBy(StashStatus status, int confidants) {
    return status.confidants().stream().filter(ConfidantState::confirmed).count() == confidants;
  }

  private static boolean isHeldByThree(StashStatus status) {
    return isHeldBy(status, 3);
  }

  private static List<String> onlineNeighbours(TestNode node) {
    return Blocking.await(
            node.node()
                .bus()
                .request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), TIMEOUT),
            TIMEOUT)
        .neighbours()
        .stream()
        .filter(Neighbour::online)
        .map(Neighbour::name)
        .toList();
  }

  private static byte[] data(TestNode node) {
    return Blocking.await(
            node.node()
                .bus()
                .request(StashRequest.ADDRESS, new StashRequest.GetStashData(), TIMEOUT),
            TIMEOUT)
        .data()
        .orElseThrow();
  }

  private static StashStatus request(TestNode node, StashRequest<StashStatus> request) {
    return Blocking.await(
        node.node().bus().request(StashRequest.ADDRESS, request, TIMEOUT), TIMEOUT);
  }

  /** Lets passes run, one after the other, until the state is as expected. */
  private static StashStatus passUntil(TestNode node, Predicate<StashStatus> expected) {
    StashStatus status = request(node, new StashRequest.GetStashStatus());
    for (int i = 0; i < MAX_PASSES && !expected.test(status); i++) {
      status = request(node, new StashRequest.RecoverStash());
    }
    assertThat(status).matches(expected);
    return status;
  }

  private static TestNode start(String name, int port, UnaryOperator<NodeConfig> change) {
    return start(name, port, List.of(), change);
  }

  private static TestNode start(
      String name, int port, List<byte[]> events, UnaryOperator<NodeConfig> change) {
    return TestNode.start(
        name,
        events,
        config ->
            change.apply(
                config
                    .with(config.mesh().listeningOn("127.0.0.1", port))
                    .with(StashConfig.defaults())),
        progressed -> {});
  }

  /** A confidant that has nothing of its own to keep with the others. */
  private UnaryOperator<NodeConfig> withSnapshot(String name) {
    return config ->
        config
            .with(new StashConfig(true, false, StashConfig.defaults().checkEvery()))
            .with(
                new NodeConfig.MemoryConfig(
                    config.memory().mode(),
                    config.memory().maxEvents(),
                    config.memory().maxBytes(),
                    Optional.of(new SnapshotConfig(folder.resolve(name), Duration.ofMinutes(10)))));
  }
}
