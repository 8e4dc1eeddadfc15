package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nara.cli.output.CommandLineRun;
import nara.node.config.NodeConfig;
import nara.testing.Citizen;
import nara.testing.FreePorts;
import nara.testing.TestNode;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a running node. */
class StatusCommandIT {
  @TempDir Path folder;

  @Test
  void status_prints_the_state_of_a_running_node() throws Exception {
    int port = FreePorts.next();
    try (TestNode elder = TestNode.holding("elder", List.of());
        TestNode node = node(port, elder)) {
      node.report();

      CommandLineRun run = CommandLineRun.of("status", "--at", "127.0.0.1:" + port);

      assertThat(run.code()).isZero();
      assertThat(run.out())
          .startsWith("fresh       ready, up ")
          .contains("recovery    done, complete after ")
          .contains("neighbours  1 of 1 online")
          .contains("ledger      ");
      CommandLineRun json = CommandLineRun.of("status", "--json", "--at", "127.0.0.1:" + port);
      assertThat(Vectors.parse(json.out()).at("/neighbours/0/name").asText()).isEqualTo("elder");
    }
  }

  @Test
  void recover_now_starts_a_recovery_with_the_token_of_the_configuration() throws Exception {
    int port = FreePorts.next();
    Path config =
        Files.writeString(
            folder.resolve("node.json"),
            "{\"web\": {\"port\": %d, \"token\": \"secret\"}}".formatted(port));
    try (TestNode elder = TestNode.holding("elder", List.of());
        TestNode node = node(port, elder)) {
      node.report();

      CommandLineRun refused = CommandLineRun.of("recover-now", "--at", "127.0.0.1:" + port);
      CommandLineRun accepted = CommandLineRun.of("recover-now", "--config", config);

      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err()).contains("wants its token; give its configuration with --config");
      assertThat(accepted.code()).isZero();
      assertThat(accepted.err()).contains("recovery 2 has begun");
    }
  }

  @Test
  void status_tells_what_to_do_when_no_node_answers() throws Exception {
    CommandLineRun run = CommandLineRun.of("status", "--at", "127.0.0.1:" + FreePorts.next());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("no node answers at 127.0.0.1:");
  }

  @Test
  void management_port_and_mesh_port_are_told_apart() throws Exception {
    int port = FreePorts.next();
    String web = "127.0.0.1:" + port;
    Path config = Files.writeString(folder.resolve("node.json"), "{}");
    Path events =
        Files.write(
            folder.resolve("events.jsonl"),
            Citizen.named("bart").tease(1_760_000_000_000_000_000L, "lisa"));
    try (TestNode elder = TestNode.holding("elder", List.of());
        TestNode node = node(port, elder)) {
      node.report();

      CommandLineRun status = CommandLineRun.of("status", "--at", node.address());
      CommandLineRun recovery = CommandLineRun.of("recover", "--peer", web);
      CommandLineRun export =
          CommandLineRun.of("ledger", "export", "--from", web, "--config", config);
      CommandLineRun restore =
          CommandLineRun.of("ledger", "import", "--to", web, "--config", config, events);

      String advice = "this is the management port of a nara; the mesh is on another port";
      assertThat(status.err())
          .contains(" answers, but it is not the management port of a nara; give that one");
      assertThat(recovery.out().replaceAll("\\s+", " "))
          .contains(web + " answers, but with 404: " + advice);
      assertThat(export.err()).contains(advice);
      assertThat(restore.err())
          .contains(web + " is the management port of a nara; the mesh is on another port");
    }
  }

  private static TestNode node(int port, TestNode elder) {
    return TestNode.start(
        "fresh",
        List.of(),
        config ->
            TestNode.withPeers(elder.configuredPeer())
                .apply(config)
                .with(new NodeConfig.WebConfig(true, "127.0.0.1", port, "secret", List.of())),
        progressed -> {});
  }
}
