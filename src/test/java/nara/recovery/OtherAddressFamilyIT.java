package nara.recovery;

import static nara.testing.FakeBus.until;
import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import nara.demo.Corpus;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.report.Report;
import nara.testing.FakeBus;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node listens on IPv6 and asks a neighbour over IPv4, which pings back over IPv4. */
class OtherAddressFamilyIT {
  private static int port;

  private final List<byte[]> events = Corpus.generate(300, 5, 1, Instant.now()).events();

  @BeforeAll
  static void requireIpv6() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      port = socket.getLocalPort();
    } catch (IOException none) {
      port = 0;
    }
    assumeTrue(port != 0, "this machine has no IPv6");
  }

  private static UnaryOperator<NodeConfig> listeningOnIpv6(TestNode neighbour) {
    return config ->
        withPeers(neighbour.configuredPeer())
            .apply(config.with(config.mesh().listeningOn("::1", port)));
  }

  @Test
  void neighbour_that_knows_where_the_node_listens_asks_there_for_its_key() {
    // The node is not there yet when the discovery of its neighbour pings it.
    try (TestNode elder =
            TestNode.start("elder", events, withPeers("fresh@[::1]:" + port), progressed -> {});
        TestNode fresh =
            TestNode.start("fresh", List.of(), listeningOnIpv6(elder), progressed -> {})) {
      assertThat(fresh.report().reasons()).isEmpty();
      assertThat(fresh.heldCorpus()).containsAll(elder.heldCorpus());
    }
  }

  @Test
  void neighbour_that_cannot_ask_for_the_key_is_named_with_what_to_do() {
    try (TestNode elder = TestNode.holding("elder", events);
        TestNode fresh =
            TestNode.start("fresh", List.of(), listeningOnIpv6(elder), progressed -> {})) {
      String advice =
          "unknown sender: fresh; it cannot ask this node for its key, because the mesh listens on"
              + " ::1 only and calls 127.0.0.1 from another address; set mesh.host to 0.0.0.0, or"
              + " to an address that 127.0.0.1 reaches";
      Report report = fresh.report();
      assertThat(report.outcome()).isEqualTo("isolated");
      assertThat(report.reasons())
          .singleElement()
          .asString()
          .startsWith("elder answered none of ")
          .contains("answers 401: Authentication failed: " + advice);
      CurrentReport waiting =
          until(
              () -> state(fresh),
              each -> each.notReadyReason().startsWith("the neighbours that answered refused"));
      assertThat(waiting.notReadyReason()).contains(advice);
    }
  }

  @Test
  void configuration_that_a_peer_will_refuse_is_noted() {
    NodeConfig config = TestNode.loopback();
    NodeConfig ipv6 = config.with(config.mesh().listeningOn("::1", 0));
    assertThat(withPeers("bart@127.0.0.1:1").apply(ipv6).isolationNotes())
        .singleElement()
        .asString()
        .startsWith("bart@127.0.0.1:1 will refuse this node: it cannot ask this node for its key");
    assertThat(withPeers("bart@10.0.0.1").apply(config).isolationNotes()).hasSize(1);
    assertThat(withPeers("bart@127.0.0.1:1").apply(config).isolationNotes()).isEmpty();
    assertThat(withPeers("bart@[::1]:1").apply(ipv6).isolationNotes()).isEmpty();
  }

  private static CurrentReport state(TestNode node) {
    return FakeBus.await(
        node.node()
            .bus()
            .request(
                RecoveryRequest.ADDRESS,
                new RecoveryRequest.GetRecoveryReport(),
                Duration.ofSeconds(20)));
  }
}
