package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import nara.cli.output.CommandLineRun;
import nara.demo.Corpus;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import nara.testing.Mosquitto;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** IPv6 addresses work wherever a host is taken. */
class Ipv6IT {
  private static final UnaryOperator<NodeConfig> ON_IPV6 =
      config ->
          config
              .with(config.mesh().listeningOn("::1", 0))
              .with(new NodeConfig.WebConfig(true, "::1", 0));

  private final List<byte[]> events = Corpus.generate(300, 5, 1, Instant.now()).events();

  @BeforeAll
  static void requireIpv6() throws IOException {
    boolean bound;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      bound = socket.isBound();
    } catch (IOException none) {
      bound = false;
    }
    assumeTrue(bound, "this machine has no IPv6");
  }

  @Test
  void recovery_from_an_ipv6_peer_is_complete(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("out.jsonl");
    try (TestNode lisa = TestNode.start("lisa", events, ON_IPV6, progressed -> {})) {
      String address = "[::1]:" + lisa.node().meshPort().orElseThrow();

      CommandLineRun run = CommandLineRun.now("recover", "--peer", "lisa@" + address, "--out", out);

      assertThat(run.out()).contains(address);
      assertThat(run.code()).as(run.out() + run.err()).isZero();
      assertThat(Files.readAllLines(out, StandardCharsets.UTF_8)).hasSizeGreaterThan(299);
    }
  }

  @Test
  void import_into_an_ipv6_node_succeeds(@TempDir Path folder) throws IOException {
    try (TestNode lisa = TestNode.start("lisa", List.of(), ON_IPV6, progressed -> {})) {
      Path config =
          Files.writeString(
              folder.resolve("node.json"),
              "{\"identity\": {\"name\": \"lisa\", \"soul\": \"%s\"}}"
                  .formatted(lisa.node().identity().soul().encoded()));
      Path file = folder.resolve("events.jsonl");
      Files.write(file, events.stream().map(e -> new String(e, StandardCharsets.UTF_8)).toList());
      String address = "[::1]:" + lisa.node().meshPort().orElseThrow();

      CommandLineRun run =
          CommandLineRun.now("ledger", "import", "--to", address, "--config", config, file);

      assertThat(run.code()).as(run.err()).isZero();
      assertThat(lisa.heldCorpus()).hasSize(300);
    }
  }

  @Test
  void nodes_meet_on_an_ipv6_broker_and_advertise_ipv6_addresses() {
    try (Mosquitto broker = Mosquitto.startOnIpv6();
        TestNode lisa =
            TestNode.start("lisa", events, config -> onBroker(broker, config), news -> {});
        TestNode bart =
            TestNode.start("bart", List.of(), config -> onBroker(broker, config), news -> {})) {
      Report report = bart.report();

      assertThat(lisa.node().meshPort()).isPresent();
      assertThat(report.neighbours())
          .anyMatch(neighbour -> neighbour.address().startsWith("[0:0:0:0:0:0:0:1]:"));
      assertThat(bart.heldCorpus()).hasSize(300);
    }
  }

  private static NodeConfig onBroker(Mosquitto broker, NodeConfig config) {
    NodeConfig shown = ON_IPV6.apply(config);
    return shown
        .with(shown.plaza().withUrl(broker.url()).withoutJitter())
        .with(shown.recovery().withDiscoveryRetries(Duration.ofSeconds(2), 3));
  }

  @Test
  void ipv6_literals_are_valid_in_every_key_that_takes_a_host() {
    ConfigReader.ConfigResult read =
        ConfigReader.read(
            """
            { "mesh": {"host": "[::]", "advertise": "[fd00::1]:7433"},
              "web": {"host": "::1"},
              "discovery": {"peers": ["[::1]:7433", "[fd00::2]"]},
              "plaza": {"url": "mqtt://[fd00::1]:1883"},
              "cluster": {"host": "::1", "members": ["[::1]:7435"], "advertise": "[fd00::1]:7435"} }
            """,
            Map.of(),
            1_000);

    assertThat(read.problems()).isEmpty();
    assertThat(read.config().orElseThrow().mesh().host()).isEqualTo("::");
  }

  @Test
  void scan_of_an_ipv6_range_is_refused_with_a_sentence() {
    ConfigReader.ConfigResult read =
        ConfigReader.read(
            "{\"discovery\": {\"scan\": {\"cidr\": \"fd00::/64\"}}}", Map.of(), 1_000);

    assertThat(read.problems()).hasSize(1);
    assertThat(read.problems().get(0).sentence())
        .contains("is an IPv6 range, which is too large to scan")
        .contains("discovery.peers");
  }
}
