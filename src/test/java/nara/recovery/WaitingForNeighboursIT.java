package nara.recovery;

import static nara.testing.FakeBus.until;
import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import nara.bus.Scheduler;
import nara.demo.Corpus;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.report.Report;
import nara.testing.FakeBus;
import nara.testing.FreePorts;
import nara.testing.ManualScheduler;
import nara.testing.RecordCopy;
import nara.testing.ScriptedPeer;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node recovers as soon as a neighbour is there: at its start, or a day later. */
class WaitingForNeighboursIT {
  private static List<byte[]> events;

  @BeforeAll
  static void makeHistory() {
    events = Corpus.generate(2_000, 10, 7, Instant.now().minusSeconds(3_600)).events();
  }

  @Test
  void with_a_configured_peer_a_recovery_does_not_wait_for_the_first_wait() {
    try (TestNode elder = TestNode.holding("elder", events)) {
      Instant before = Instant.now();
      try (TestNode fresh = start("fresh", withDefaultWaits(), Scheduler.system(), elder)) {
        assertThat(fresh.report().outcome()).isEqualTo("complete");
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(10));
        assertThat(fresh.heldCorpus()).containsAll(elder.heldCorpus());
        assertThat(fresh.report().passes()).isOne();
        assertThat(state(fresh).notReadyReason()).isEmpty();
      }
    }
  }

  @Test
  void a_broker_that_accepts_connections_and_never_answers_does_not_hold_up_a_recovery()
      throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        TestNode elder = TestNode.holding("elder", events)) {
      String url = "mqtt://127.0.0.1:" + silent.getLocalPort();
      UnaryOperator<NodeConfig> withBroker =
          config -> {
            NodeConfig changed = withDefaultWaits().apply(config);
            return changed.with(changed.plaza().withUrl(url));
          };
      Instant before = Instant.now();
      try (TestNode fresh = start("fresh", withBroker, Scheduler.system(), elder)) {
        assertThat(fresh.report().outcome()).isEqualTo("complete");
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(6));
      }
    }
  }

  @Test
  void a_neighbour_that_comes_a_day_later_starts_a_recovery() throws IOException {
    ManualScheduler time = ManualScheduler.fromNow();
    int port = FreePorts.next();
    List<Report> finished = Collections.synchronizedList(new ArrayList<>());
    UnaryOperator<NodeConfig> alone = withPeers("elder@127.0.0.1:" + port);
    try (TestNode fresh = TestNode.start("fresh", List.of(), alone, progressed -> {}, time)) {
      fresh
          .node()
          .bus()
          .subscribe(
              RecoveryNotification.ADDRESS,
              RecoveryNotification.class,
              news -> {
                if (news instanceof RecoveryNotification.RecoveryFinished done) {
                  finished.add(done.report());
                }
              });
      assertThat(fresh.report().outcome()).isEqualTo("isolated");
      CurrentReport waiting = until(() -> state(fresh), each -> each.stage().startsWith("waiting"));
      assertThat(waiting.notReadyReason())
          .startsWith("the node waits for neighbours: ")
          .contains("\"elder\" at 127.0.0.1:" + port + " does not answer")
          .contains("no neighbour was found in 1 try");
      time.advance(Duration.ofHours(24));

      UnaryOperator<NodeConfig> there =
          config -> config.with(config.mesh().listeningOn("127.0.0.1", port));
      try (TestNode elder = TestNode.start("elder", events, there, progressed -> {}, time)) {
        AtomicLong advanced = new AtomicLong(System.nanoTime());
        until(
            () -> {
              CurrentReport now = state(fresh);
              // A discovery that begins before the elder responds waits by the clock, too.
              boolean retries =
                  now.stage().equals("discovery")
                      && System.nanoTime() - advanced.get() > Duration.ofSeconds(1).toNanos();
              if (now.stage().startsWith("waiting") || retries) {
                time.advance(Duration.ofSeconds(10));
                advanced.set(System.nanoTime());
              }
              return now;
            },
            each -> each.stage().equals("done"));
        assertThat(fresh.heldCorpus()).containsAll(elder.heldCorpus());
        assertThat(state(fresh).notReadyReason()).isEmpty();
      }
      assertThat(finished.getLast().recovery()).isGreaterThan(1);
      assertThat(finished.getLast().reasons()).isEmpty();
      assertThat(finished.getLast().outcome()).isEqualTo("complete");
      assertThat(finished)
          .extracting(Report::recovery)
          .as("each recovery finishes once")
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void a_configured_peer_that_comes_after_an_empty_one_answered_is_asked() throws IOException {
    int port = FreePorts.next();
    try (ScriptedPeer empty = new ScriptedPeer("empty", List.of());
        TestNode fresh =
            TestNode.start(
                "fresh",
                List.of(),
                withPeers(empty.configuredPeer(), "elder@127.0.0.1:" + port),
                progressed -> {})) {
      assertThat(fresh.report().outcome()).isEqualTo("partial");
      CurrentReport waiting = until(() -> state(fresh), each -> each.finished());
      assertThat(waiting.stage()).isEqualTo("waiting for neighbours");
      assertThat(waiting.notReadyReason())
          .startsWith("the neighbours that answered hold nothing yet");
      UnaryOperator<NodeConfig> there =
          config -> config.with(config.mesh().listeningOn("127.0.0.1", port));
      try (TestNode elder = TestNode.start("elder", events, there, progressed -> {})) {
        CurrentReport done =
            until(() -> state(fresh), each -> each.finished() && each.stage().equals("done"));
        assertThat(done.notReadyReason()).isEmpty();
        assertThat(done.report().recovery()).isEqualTo(2);
        assertThat(fresh.heldCorpus()).containsAll(elder.heldCorpus());
      }
    }
  }

  @Test
  void a_configured_peer_that_comes_after_another_gave_its_events_is_asked() throws Exception {
    int port = FreePorts.next();
    List<byte[]> few = events.subList(0, 200);
    try (TestNode other = TestNode.holding("other", few);
        TestNode fresh =
            TestNode.start(
                "fresh",
                List.of(),
                withPeers(other.configuredPeer(), "elder@127.0.0.1:" + port),
                progressed -> {})) {
      assertThat(fresh.report().outcome()).isEqualTo("partial");
      assertThat(until(() -> state(fresh), each -> each.finished()).notReadyReason()).isEmpty();
      try (ScriptedPeer elder = new ScriptedPeer("elder", events, "127.0.0.1", port)) {
        List<String> reasons = new ArrayList<>();
        CurrentReport done =
            until(
                () -> {
                  CurrentReport now = state(fresh);
                  reasons.add(now.notReadyReason());
                  return now;
                },
                each -> each.finished() && each.report().recovery() == 2);
        assertThat(done.report().outcome()).isEqualTo("complete");
        assertThat(reasons).as("it stays ready").containsOnly("");
        assertThat(fresh.heldCorpus()).containsAll(elder.texts());
        int asked = elder.queries();
        Thread.sleep(500);
        assertThat(elder.queries()).isEqualTo(asked);
        assertThat(state(fresh).report().recovery()).isEqualTo(2);
      }
    }
  }

  @Test
  void a_configured_peer_that_gave_nothing_is_asked_again_when_it_responds() {
    try (ScriptedPeer elder = new ScriptedPeer("elder", events).refusing(query -> true);
        TestNode other = TestNode.holding("other", events.subList(0, 200));
        TestNode fresh =
            TestNode.start(
                "fresh",
                List.of(),
                withPeers(other.configuredPeer(), elder.configuredPeer()),
                progressed -> {})) {
      assertThat(fresh.report().outcome()).isEqualTo("partial");
      elder.refusing(query -> false);
      CurrentReport done =
          until(() -> state(fresh), each -> each.finished() && each.report().recovery() == 2);
      assertThat(done.report().outcome()).isEqualTo("complete");
      assertThat(fresh.heldCorpus()).containsAll(elder.texts());
    }
  }

  @Test
  void a_good_neighbour_is_asked_at_once_beside_200_silent_addresses() throws Exception {
    CompletableFuture<Duration> firstEvents = new CompletableFuture<>();
    try (ServerSocket silent = new ServerSocket(0, 300, InetAddress.getByName("0.0.0.0"));
        TestNode elder = TestNode.holding("elder", events)) {
      List<String> peers = new ArrayList<>();
      for (int i = 1; i <= 200; i++) {
        peers.add("127.0.1." + i + ":" + silent.getLocalPort());
      }
      peers.add(elder.configuredPeer());
      Instant before = Instant.now();
      try (TestNode fresh =
          TestNode.start(
              "fresh",
              List.of(),
              withPeers(peers.toArray(String[]::new)),
              progressed -> {
                if (progressed.report().eventTotals().merged() > 0) {
                  firstEvents.complete(Duration.between(before, Instant.now()));
                }
              })) {
        assertThat(firstEvents.get(20, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(5));
        assertThat(fresh.report().outcome()).isEqualTo("partial");
        assertThat(fresh.report().reasons()).hasSize(101).last().isEqualTo("and 100 more");
        assertThat(fresh.heldCorpus()).containsAll(elder.heldCorpus());
      }
    }
  }

  @Test
  void the_first_node_of_a_network_is_ready_when_it_may_be() {
    UnaryOperator<NodeConfig> first =
        config ->
            config.with(
                RecordCopy.with(config.recovery(), "readyWhen", RecoveryConfig.ReadyWhen.TRIED));
    try (TestNode alone = TestNode.start("first", List.of(), first, progressed -> {})) {
      assertThat(alone.report().outcome()).isEqualTo("isolated");
      assertThat(until(() -> state(alone), each -> each.stage().startsWith("waiting")))
          .extracting(CurrentReport::notReadyReason)
          .isEqualTo("");
    }
  }

  private static TestNode start(
      String name, UnaryOperator<NodeConfig> config, Scheduler time, TestNode peer) {
    return TestNode.start(
        name,
        List.of(),
        base -> config.apply(withPeers(peer.configuredPeer()).apply(base)),
        progressed -> {},
        time);
  }

  private static UnaryOperator<NodeConfig> withDefaultWaits() {
    return config -> config.with(config.recovery().withDiscoveryRetries(Duration.ofSeconds(30), 3));
  }

  private static CurrentReport state(TestNode node) {
    return FakeBus.await(
        node.node()
            .bus()
            .request(
                RecoveryRequest.ADDRESS,
                new RecoveryRequest.GetRecoveryReport(),
                Duration.ofSeconds(30)));
  }
}
