package nara.metrics;

import static nara.testing.FakeBus.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import nara.mqtt.PlazaConfig;
import nara.node.config.NodeConfig;
import nara.snapshot.SnapshotConfig;
import nara.testing.Mosquitto;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics that the alerts watch, when the trouble comes and when it ends. */
class TroubleIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;

  @Test
  void a_broker_that_goes_away_shows_and_one_that_is_back_too() throws Exception {
    int port = freePort();
    try (Mosquitto broker = Mosquitto.start();
        TestNode node =
            TestNode.start(
                "lisa",
                List.of(),
                config -> web(port, config.with(reconnectingSoon(config.plaza(), broker.url()))),
                progressed -> {})) {
      assertThat(node.node().meshPort()).isPresent();
      awaitLine(port, "nara_health_check{check=\"broker\"} 1.0");

      broker.stop();
      awaitLine(port, "nara_health_check{check=\"broker\"} 0.0");
      awaitLine(port, "nara_plaza_connected 0.0");

      broker.restart();
      awaitLine(port, "nara_health_check{check=\"broker\"} 1.0");
      awaitLine(port, "nara_plaza_reconnects_total 1.0");
    }
  }

  @Test
  void a_snapshot_that_cannot_be_written_shows() throws Exception {
    int port = freePort();
    Path directory = folder.resolve("state");
    Files.createDirectory(directory);
    SnapshotConfig snapshot =
        new SnapshotConfig(directory.resolve("lisa.snapshot"), Duration.ofMillis(100));
    try (TestNode node =
        TestNode.start(
            "lisa",
            List.of(),
            config ->
                web(
                    port,
                    config.with(
                        new NodeConfig.MemoryConfig(
                            config.memory().mode(),
                            config.memory().maxEvents(),
                            config.memory().maxBytes(),
                            Optional.of(snapshot)))),
            progressed -> {})) {
      assertThat(node.node().meshPort()).isPresent();
      until(() -> line(port, "nara_snapshot_bytes "), size -> !size.endsWith(" 0.0"));
      awaitLine(port, "nara_snapshot_failed 0.0");
      Path away = folder.resolve("away");

      Files.move(directory, away);
      awaitLine(port, "nara_snapshot_failed 1.0");

      Files.move(away, directory);
      awaitLine(port, "nara_snapshot_failed 0.0");
    }
  }

  private static PlazaConfig reconnectingSoon(PlazaConfig plaza, String url) {
    return new PlazaConfig(
        url,
        "",
        "",
        false,
        plaza.announceJitter(),
        plaza.announceEvery(),
        plaza.howdyWait(),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        plaza.maxMessageBytes(),
        plaza.tls());
  }

  private static NodeConfig web(int port, NodeConfig config) {
    return config.with(new NodeConfig.WebConfig(true, "127.0.0.1", port));
  }

  private static void awaitLine(int port, String line) {
    until(() -> line(port, line), found -> found.equals(line));
  }

  /** The first line that starts so; empty without one. */
  private static String line(int port, String start) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.body().lines().filter(line -> line.startsWith(start)).findFirst().orElse("");
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
