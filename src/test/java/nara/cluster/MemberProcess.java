package nara.cluster;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import nara.mesh.server.EventImport;
import nara.mesh.wire.MeshPaths;
import nara.testing.Citizen;
import nara.testing.FreePorts;

/** One member of a cluster: {@code nara run --cluster} in its own process. */
public final class MemberProcess implements AutoCloseable {
  /** A wait that takes longer has failed, even on a busy machine. */
  static final Duration TIMEOUT = Duration.ofMinutes(6);

  private static final long POLL_MILLIS = 100;

  private static final Duration EXPECTED_LATENCY = Duration.ofMillis(200);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final String host;
  private final int port;
  private final int webPort;
  private final int meshPort;
  private final Path config;
  private final Path log;
  private final List<String> commandPrefix;
  private Process process;
  private boolean shouldRun;
  private Duration totalLatency = Duration.ZERO;

  private MemberProcess(
      String host,
      int port,
      int webPort,
      int meshPort,
      Path config,
      Path log,
      List<String> before) {
    this.host = host;
    this.port = port;
    this.webPort = webPort;
    this.meshPort = meshPort;
    this.config = config;
    this.log = log;
    this.commandPrefix = before;
  }

  /**
   * Starts the members of one cluster.
   *
   * @param directory for their files
   * @param hosts where each listens
   * @param before the command prefix of each, such as a network namespace
   * @param base the common configuration
   */
  static List<MemberProcess> start(
      Path directory, List<String> hosts, List<List<String>> before, JsonObject base) {
    List<int[]> ports = hosts.stream().map(host -> freePorts(host, before.get(0))).toList();
    JsonArray addresses = new JsonArray();
    for (int i = 0; i < hosts.size(); i++) {
      addresses.add(hosts.get(i) + ":" + ports.get(i)[0]);
    }
    List<MemberProcess> members = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      String name = "member-" + i;
      JsonObject config = base.copy();
      config
          .put("identity", new JsonObject().put("name", "elephant").put("soul", TestCluster.SOUL))
          .put(
              "mesh",
              new JsonObject()
                  .put("host", hosts.get(i))
                  .put("port", ports.get(i)[2])
                  .put("stall", "5m")
                  // No rate limit: tests send requests without a pause.
                  .put("requests_per_second", 0))
          .put("web", new JsonObject().put("host", hosts.get(i)).put("port", ports.get(i)[1]))
          .put(
              "cluster",
              base.getJsonObject("cluster", new JsonObject())
                  .copy()
                  .put("name", directory.getFileName().toString())
                  .put("member", name)
                  .put("host", hosts.get(i))
                  // Some tests run members in network namespaces.
                  .put("insecure", true)
                  .put("port", ports.get(i)[0])
                  .put("members", addresses));
      if (base.containsKey("memory")) {
        config.put(
            "memory",
            new JsonObject()
                .put("mode", "medium")
                .put("snapshot", directory.resolve(name + ".snapshot").toString()));
      }
      MemberProcess member =
          new MemberProcess(
              hosts.get(i),
              ports.get(i)[0],
              ports.get(i)[1],
              ports.get(i)[2],
              directory.resolve(name + ".json"),
              directory.resolve(name + ".log"),
              before.get(i));
      try {
        Files.writeString(member.config, config.encodePrettily());
      } catch (IOException full) {
        throw new UncheckedIOException(full);
      }
      members.add(member);
      member.start();
    }
    return members;
  }

  private static int[] freePorts(String host, List<String> elsewhere) {
    // In a network namespace all ports are free.
    if (!elsewhere.isEmpty()) {
      return new int[] {7435, 7434, 7433};
    }
    return FreePorts.of(host, 3);
  }

  /** Starts it, for the first time or again. */
  void start() {
    List<String> command = new ArrayList<>(commandPrefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "-Dvertx.disableDnsResolver=true",
            "-cp",
            System.getProperty("java.class.path"),
            "nara.cli.Main",
            "run",
            "--config",
            config.toString(),
            "--cluster"));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      shouldRun = true;
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    }
  }

  /** Whether the process exited by itself. */
  boolean exitedUnexpectedly() {
    return shouldRun && !process.isAlive();
  }

  /** {@code kill -9}. */
  void kill() {
    shouldRun = false;
    process.destroyForcibly().onExit().join();
  }

  /** SIGSTOP. */
  void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int done =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
      if (done != 0) {
        throw new IllegalStateException("kill -" + name + " exited with status " + done);
      }
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** SIGTERM, and waits for the exit. */
  void stop() {
    shouldRun = false;
    process.destroy();
    try {
      if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the process does not stop: " + log());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  String name() {
    String file = config.getFileName().toString();
    return file.substring(0, file.length() - ".json".length());
  }

  /** The address of its mesh server. */
  String meshAddress() {
    return host + ":" + meshPort;
  }

  int port() {
    return port;
  }

  /** The cluster as this member sees it; empty while it does not respond. */
  Optional<JsonObject> state() {
    return get("/cluster").filter(answer -> answer.statusCode() == 200).map(MemberProcess::json);
  }

  /** The highest term that it has seen; 0 while it does not respond. */
  long term() {
    return state().map(state -> state.getLong("term")).orElse(0L);
  }

  /** This member's recovery report. */
  JsonObject report() {
    return get("/report").map(MemberProcess::json).orElseThrow();
  }

  /** Whether it sees that many members. */
  boolean seesMembers(int count) {
    return state().filter(state -> state.getJsonArray("members").size() == count).isPresent();
  }

  boolean isReady() {
    return get("/ready").filter(answer -> answer.statusCode() == 200).isPresent();
  }

  boolean isLeader() {
    return state().filter(state -> state.getBoolean("leads")).isPresent();
  }

  private static JsonObject json(HttpResponse<String> answer) {
    return new JsonObject(answer.body());
  }

  /**
   * Imports events with the owner's key.
   *
   * @return the HTTP status; 200 when the events are merged
   */
  int importEvents(byte[]... events) {
    byte[] body =
        EventImport.write(
            Citizen.named("elephant").identity(), List.of(events), Instant.now().getEpochSecond());
    return send(HttpRequest.newBuilder(URI.create("http://" + meshAddress() + MeshPaths.IMPORT))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build())
        .map(HttpResponse::statusCode)
        .orElse(0);
  }

  /** The sum of its response times beyond the expected ones. */
  Duration totalDelay() {
    return totalLatency;
  }

  private Optional<HttpResponse<String>> get(String path) {
    long asked = System.nanoTime();
    Optional<HttpResponse<String>> answer =
        send(
            HttpRequest.newBuilder(URI.create("http://" + host + ":" + webPort + path))
                .timeout(Duration.ofSeconds(10))
                .build());
    Duration took = Duration.ofNanos(System.nanoTime() - asked);
    if (took.compareTo(EXPECTED_LATENCY) > 0) {
      totalLatency = totalLatency.plus(took).minus(EXPECTED_LATENCY);
    }
    return answer;
  }

  private static Optional<HttpResponse<String>> send(HttpRequest request) {
    try {
      return Optional.of(HTTP.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException notThere) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** The log of all its runs. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
  }

  /** Waits until a condition is true. */
  public static void await(String what, BooleanSupplier condition, Supplier<String> details) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("condition not true in time: " + what + "\n" + details.get());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }
  }

  @Override
  public void close() {
    kill();
  }
}
