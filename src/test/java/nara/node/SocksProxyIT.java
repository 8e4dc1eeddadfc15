package nara.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.discovery.DiscoveryConfig;
import nara.event.Event;
import nara.mesh.TestMesh;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.testing.FreePorts;
import nara.testing.SocksServer;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** A node that reaches its peers through a SOCKS5 proxy only, as in a container. */
class SocksProxyIT {
  private static final String IPV4 = "100.64.0.1:7433";
  private static final String IPV6 = "[fd7a:115c:a1e0:0:0:0:0:2]:7433";
  private static final String BY_NAME = "marge.tail1234.ts.net:7433";
  private static final String NOBODY = "100.64.0.9:7433";

  @Test
  void node_recovers_from_peers_that_only_the_proxy_reaches() {
    try (SocksServer proxy = SocksServer.open();
        TestNode bart = TestNode.holding("bart", teases("nelson"));
        TestNode lisa = TestNode.holding("lisa", teases("milhouse"));
        TestNode marge = TestNode.holding("marge", teases("homer"))) {
      proxy.connect(IPV4, bart.address());
      proxy.connect(IPV6, lisa.address());
      proxy.connect(BY_NAME, marge.address());

      String peers = peers("bart@" + IPV4, "lisa@" + IPV6, "marge@" + BY_NAME, "ned@" + NOBODY);
      try (TestNode maggie = start(proxy.url(), peers)) {
        Report report = maggie.report();

        assertThat(maggie.heldCorpus())
            .containsAll(bart.heldCorpus())
            .containsAll(lisa.heldCorpus())
            .containsAll(marge.heldCorpus());
        assertThat(proxy.requested()).contains(IPV4, IPV6, BY_NAME, NOBODY);
        assertThat(proxy.bytes()).isGreaterThan(10_000);
        assertThat(report.reasons())
            .containsExactly(
                "\"ned\" at %s does not answer: the proxy at 127.0.0.1:%d has no connection to this"
                        .formatted(NOBODY, proxy.port())
                    + " address: host unreachable");
      }
    }
  }

  @Test
  void peer_on_this_machine_is_reached_without_the_proxy() {
    try (SocksServer proxy = SocksServer.open();
        TestNode bart = TestNode.holding("bart", teases("nelson"));
        TestNode maggie = start(proxy.url(), peers(bart.configuredPeer()))) {
      assertThat(maggie.report().outcome()).isEqualTo("complete");
      assertThat(maggie.heldCorpus()).isEqualTo(bart.heldCorpus());
      assertThat(proxy.requested()).isEmpty();
    }
  }

  @Test
  void scan_goes_through_the_proxy() {
    try (SocksServer proxy = SocksServer.open();
        TestNode bart = TestNode.holding("bart", teases("nelson"))) {
      proxy.connect(IPV4, bart.address());
      String scan = "\"discovery\": {\"scan\": {\"cidr\": \"100.64.0.0/29\"}}";
      try (TestNode maggie = start(proxy.url(), scan)) {
        maggie.report();

        assertThat(maggie.heldCorpus()).isEqualTo(bart.heldCorpus());
        assertThat(proxy.requested()).contains(IPV4, "100.64.0.2:7433", "100.64.0.6:7433");
      }
    }
  }

  @Test
  void report_says_that_the_proxy_is_absent() throws IOException {
    int free = FreePorts.next();
    try (TestNode maggie = start("socks5://127.0.0.1:" + free, peers("bart@" + IPV4))) {
      Report report = maggie.report();

      assertThat(report.outcome()).isEqualTo("isolated");
      assertThat(reason(report))
          .isEqualTo(
              "the proxy at 127.0.0.1:%1$d refused the connection;".formatted(free)
                  + " is tailscaled running with --socks5-server=127.0.0.1:%d?".formatted(free));
    }
  }

  @Test
  void user_name_and_password_open_a_guarded_proxy() {
    try (SocksServer proxy = SocksServer.guarded("ann", "s@fe");
        TestNode bart = TestNode.holding("bart", teases("nelson"))) {
      proxy.connect(IPV4, bart.address());
      String at = "127.0.0.1:" + proxy.port();
      try (TestNode right = start("socks5://ann:s%40fe@" + at, peers("bart@" + IPV4));
          TestNode wrong = start("socks5://ann:other@" + at, peers("bart@" + IPV4));
          TestNode without = start("socks5://" + at, peers("bart@" + IPV4))) {
        assertThat(right.report().outcome()).isEqualTo("complete");
        assertThat(reason(wrong.report()))
            .isEqualTo(
                "the proxy at " + at + " refused the user name and the password of mesh.proxy");
        assertThat(reason(without.report()))
            .isEqualTo(
                "the proxy at "
                    + at
                    + " asks for a user name and a password; set them in mesh.proxy");
      }
    }
  }

  private static TestNode start(String proxy, String discovery) {
    String json = "{\"mesh\": {\"proxy\": \"%s\"}, %s}".formatted(proxy, discovery);
    NodeConfig read = ConfigReader.read(json, Map.of(), 4_096).config().orElseThrow();
    DiscoveryConfig peers = read.discovery();
    return TestNode.start(
        "maggie",
        List.of(),
        config -> config.with(read.mesh().listeningOn("127.0.0.1", 0)).with(peers),
        progressed -> {});
  }

  private static String peers(String... peers) {
    return Stream.of(peers)
        .collect(Collectors.joining("\", \"", "\"discovery\": {\"peers\": [\"", "\"]}"));
  }

  /** The sentence of the report on bart, who did not answer; the reason behind the colon. */
  private static String reason(Report report) {
    return report.reasons().stream()
        .filter(sentence -> sentence.startsWith("\"bart\" at " + IPV4))
        .map(sentence -> sentence.split(": ", 2)[1])
        .collect(Collectors.joining());
  }

  private static List<byte[]> teases(String by) {
    Citizen citizen = Citizen.named(by);
    List<byte[]> events =
        TestMesh.teases(citizen, 20).stream().map(Event::json).collect(Collectors.toList());
    events.add(citizen.heyThere(1_768_700_000_000_000_000L, ""));
    return events;
  }
}
