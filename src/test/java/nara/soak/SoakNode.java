package nara.soak;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nara.testing.Citizen;

/** One honest node: {@code nara run} in its own JVM, with its own heap limit. */
final class SoakNode {
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

  private final Citizen citizen;
  private final String heap;
  private final int meshPort;
  private final int webPort;
  private final Path config;
  private final Path log;
  private Process process;
  private long startedAt;

  SoakNode(String name, String heap, int meshPort, int webPort, Path directory) {
    this.citizen = Citizen.named(name);
    this.heap = heap;
    this.meshPort = meshPort;
    this.webPort = webPort;
    this.config = directory.resolve(name + ".json");
    this.log = directory.resolve(name + ".log");
  }

  /** Writes its configuration: all others as configured peers, the broker, perhaps a snapshot. */
  void configure(List<SoakNode> all, String broker, int maxEvents, boolean withSnapshot)
      throws IOException {
    JsonArray peers = new JsonArray();
    all.stream()
        .filter(other -> other != this)
        .forEach(other -> peers.add(other.name() + "@" + other.meshAddress()));
    JsonObject memory = new JsonObject().put("mode", "short").put("max_events", maxEvents);
    if (withSnapshot) {
      memory.put("snapshot", config.resolveSibling(name() + ".snapshot").toString());
      memory.put("snapshot_every", "30s");
    }
    JsonObject json =
        new JsonObject()
            .put(
                "identity",
                new JsonObject()
                    .put("name", name())
                    .put("soul", citizen.identity().soul().encoded()))
            .put("mesh", new JsonObject().put("host", "127.0.0.1").put("port", meshPort))
            .put("web", new JsonObject().put("host", "127.0.0.1").put("port", webPort))
            .put("discovery", new JsonObject().put("peers", peers))
            .put("plaza", new JsonObject().put("url", broker))
            .put("recovery", new JsonObject().put("first_wait", "2s").put("retry_wait", "5s"))
            .put("memory", memory);
    Files.writeString(config, json.encodePrettily());
  }

  /** Starts it again. It gets its memory back from its neighbours, or from its snapshot. */
  void start() throws IOException {
    start(List.of());
  }

  /** Starts it for the first time, with these events. */
  void startImporting(Path history) throws IOException {
    start(List.of("--import", history.toString()));
  }

  private void start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            // Eight nodes share a machine: the first compiler takes much less of it.
            "-XX:TieredStopAtLevel=1",
            "-XX:ActiveProcessorCount=2",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-Dvertx.disableDnsResolver=true"));
    String jar = System.getProperty("nara.jar", "");
    command.addAll(
        jar.isEmpty()
            ? List.of("-cp", System.getProperty("java.class.path"), "nara.cli.Main")
            : List.of("-jar", jar));
    command.addAll(List.of("run", "--config", config.toString()));
    command.addAll(arguments);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    startedAt = System.nanoTime();
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGTERM; a node that doesn't stop in time is a fault. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(name() + " does not stop; see " + log);
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The exit code of a process that ended by itself. */
  int exitValue() {
    return process.exitValue();
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  /** The cores that its process has used on average. */
  double cores() {
    return (double) process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos()
        / age().toNanos();
  }

  long pid() {
    return process.pid();
  }

  Citizen citizen() {
    return citizen;
  }

  String name() {
    return citizen.name();
  }

  String meshAddress() {
    return "127.0.0.1:" + meshPort;
  }

  int meshPort() {
    return meshPort;
  }

  String web(String path) {
    return "http://127.0.0.1:" + webPort + path;
  }
}
