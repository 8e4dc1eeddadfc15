package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import nara.cli.output.Terminal;
import nara.node.config.NodeConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RecoverConfigTest {
  @TempDir Path directory;

  @Test
  void sectionsThatTheFileLacksAreThoseOfARecoveryWithoutAFile() throws IOException {
    NodeConfig bare = effective("--peer", "10.0.0.1:4711");
    NodeConfig node =
        effective("--peer", "10.0.0.1:4711", "--config", file("{\"trust\": {\"keys\": {}}}"));

    assertThat(node.mesh()).isEqualTo(bare.mesh());
    assertThat(node.mesh().port()).isZero();
    assertThat(node.plaza()).isEqualTo(bare.plaza());
    assertThat(node.recovery()).isEqualTo(bare.recovery());
    assertThat(node.recovery().firstWait()).isZero();
  }

  @Test
  void web_socket_broker_is_refused_with_the_sentence_of_the_configuration() {
    assertThatThrownBy(() -> effective("--mqtt", "ws://h:1"))
        .hasMessage(
            "--mqtt: \"ws://h:1\" is not a broker, mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (no"
                + " WebSockets)");
  }

  @Test
  void password_in_the_url_of_a_broker_is_not_shown() {
    assertThatThrownBy(() -> effective("--mqtt", "mqtt://user:secret@h:1"))
        .hasMessageContaining("give the user as plaza.user and the password as plaza.password")
        .hasMessageNotContaining("secret");
  }

  @Test
  void password_before_the_host_of_a_peer_is_not_shown() {
    assertThatThrownBy(() -> effective("--peer", "b@user:secret@h:1"))
        .hasMessageContaining("\"b@(not shown)@h:1\"")
        .hasMessageContaining("has a user and a password before its host")
        .hasMessageNotContaining("secret");
  }

  @Test
  void url_as_a_peer_is_refused_without_its_password() {
    assertThatThrownBy(() -> effective("--peer", "http://user:secret@h:1"))
        .hasMessageContaining("the peer is a URL")
        .hasMessageNotContaining("secret");
  }

  @Test
  void sectionsOfTheFileHold() throws IOException {
    NodeConfig node =
        effective(
            "--config",
            file(
                """
                { "mesh": { "port": 7433 }, "plaza": { "announce_jitter": "9s" },
                  "recovery": { "first_wait": "7s" } }
                """));

    assertThat(node.mesh().port()).isEqualTo(7433);
    assertThat(node.plaza().announceJitter()).isEqualTo(Duration.ofSeconds(9));
    assertThat(node.recovery().firstWait()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aBrokerOfTheFileHasTimeToBringNeighbours() throws IOException {
    NodeConfig node =
        effective("--config", file("{\"plaza\": {\"url\": \"mqtt://10.0.0.1:1883\"}}"));

    assertThat(node.recovery().firstWait()).isEqualTo(Duration.ofSeconds(4));
    assertThat(node.recovery().tries()).isEqualTo(3);
  }

  private String file(String json) throws IOException {
    return Files.writeString(directory.resolve("nara.json"), json).toString();
  }

  private static NodeConfig effective(String... args) {
    RecoverCommand command = new RecoverCommand();
    new CommandLine(command).parseArgs(args);
    return command.effectiveConfig(Terminal.ofProcess());
  }
}
