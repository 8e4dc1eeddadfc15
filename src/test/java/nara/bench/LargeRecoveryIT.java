package nara.bench;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.bench.BenchHistory.Spread;
import nara.cli.MainProcess;
import nara.mesh.wire.MeshLimits;
import nara.testing.Chromium;
import nara.testing.FaultyPeer;
import nara.testing.FreePorts;
import nara.testing.Poll;
import nara.testing.PrometheusTools;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node in a process of its own fetches a large history over slow links. An operator looks at it
 * in the middle: with the page, with {@code nara status --watch}, with Prometheus, and in the log.
 *
 * <p>With {@code -Dnara.screenshots=FOLDER} it writes what the operator saw.
 */
@Tag("long")
class LargeRecoveryIT {
  private static final int EVENTS = Integer.getInteger("nara.events", 320_000);
  private static final int NEIGHBOURS = 5;
  private static final String SCREENSHOTS = System.getProperty("nara.screenshots", "");

  /**
   * The links slow down at this time. The node logs its status at 60 s, so pages that are nearly
   * complete end before.
   */
  private static final int STOP_AT_SECONDS = 57;

  /** The rate of each response before the stop, while the recovery is behind an even pace. */
  private static final int BYTES_PER_SECOND = 1_000_000;

  /** So slow that hardly a page ends, and fast enough that no request stalls. */
  private static final int NEARLY_STOPPED = MeshLimits.MIN_PROGRESS_BYTES;

  /** Status lines at which the views are compared. */
  private static final int MAX_LINES = 4;

  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;

  private int port;

  @Test
  void page_terminal_metrics_and_log_tell_the_same_numbers_in_a_large_recovery() throws Exception {
    port = FreePorts.next();
    AtomicInteger rate = new AtomicInteger(BYTES_PER_SECOND);
    List<WorkerProcess> neighbours = new ArrayList<>();
    List<FaultyPeer> links = new ArrayList<>();
    List<Process> processes = new ArrayList<>();
    try (Chromium browser = Chromium.start()) {
      try {
        startNeighbours(neighbours);
        List<String> peers = new ArrayList<>();
        for (WorkerProcess neighbour : neighbours) {
          String[] peer = neighbour.awaitResponse().get("peer").split("@");
          FaultyPeer link = FaultyPeer.proxying(peer[1]).deliveringAt(rate::get);
          links.add(link);
          peers.add(peer[0] + "@" + link.address());
        }
        Path log = folder.resolve("node.log");
        processes.add(
            MainProcess.of("run", "--config", config(peers).toString())
                .redirectError(log.toFile())
                .start());
        awaitStatus(status -> status.getLong("uptime_seconds") > 0);
        browser.show(1_200, 800, false);
        browser.open("http://127.0.0.1:" + port + "/");
        Path terminal = folder.resolve("terminal.txt");
        processes.add(
            MainProcess.of("status", "--watch", "--at", "127.0.0.1:" + port)
                .redirectOutput(terminal.toFile())
                .start());
        awaitStatus(
            status -> {
              rate.set(isBehind(status) ? BYTES_PER_SECOND : NEARLY_STOPPED);
              return status.getLong("uptime_seconds") >= STOP_AT_SECONDS;
            });
        rate.set(NEARLY_STOPPED);
        compareAtALine(browser, log, terminal);

        rate.set(Integer.MAX_VALUE);
        JsonObject end =
            awaitStatus(status -> status.getJsonObject("recovery").getBoolean("finished", false));
        assertThat(end.getJsonObject("recovery").getString("outcome"))
            .as("%s", end.getJsonObject("recovery").getJsonArray("reasons"))
            .isEqualTo("complete");
        assertThat(end.getJsonObject("ledger").getInteger("events")).isGreaterThanOrEqualTo(EVENTS);
      } finally {
        for (Process process : processes) {
          process.destroy();
          assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        links.forEach(FaultyPeer::close);
        neighbours.forEach(WorkerProcess::close);
      }
    }
  }

  /** Compares all views at a status line, again a minute later when a page ended meanwhile. */
  private void compareAtALine(Chromium browser, Path log, Path terminal) throws Exception {
    for (int line = 0; line < MAX_LINES; line++) {
      String logged = statusLine(log, line);
      JsonObject numbers = numbers();
      try {
        compare(numbers, logged, browser, terminal);
        return;
      } catch (AssertionError different) {
        if (numbers().equals(numbers) && logged.contains(asLogged(numbers))) {
          throw different;
        }
      }
    }
    throw new AssertionError("the recovery moved at each of %d status lines".formatted(MAX_LINES));
  }

  private void compare(JsonObject numbers, String logged, Chromium browser, Path terminal)
      throws Exception {
    assertThat(logged).contains(asLogged(numbers));
    assertThat(numbers.getLong("new")).isBetween(EVENTS / 5L, EVENTS * 4L / 5);
    assertThat(numbers.getLong("to_come")).isGreaterThan(EVENTS / 5L);
    assertShown(numbers, browser);
    keep(browser);
    String metrics = get("/metrics");
    assertExposed(numbers, metrics);
    String watched = lastFrame(numbers, terminal);
    assertThat(numbers()).as("nothing has moved").isEqualTo(numbers);
    keep(logged, watched, metrics);
  }

  /** Whether fewer events have come than an even pace requires: two thirds until the stop. */
  private static boolean isBehind(JsonObject status) {
    long received = status.getJsonObject("recovery").getLong("received", 0L);
    return received < EVENTS * 2L / 3 * status.getLong("uptime_seconds") / STOP_AT_SECONDS;
  }

  private static void startNeighbours(List<WorkerProcess> neighbours) throws IOException {
    Path history = BenchHistory.file(EVENTS);
    for (int i = 0; i < NEIGHBOURS; i++) {
      WorkerProcess neighbour = WorkerProcess.start("-Xmx700m", "-XX:+UseSerialGC");
      neighbours.add(neighbour);
      neighbour.send("hold", history, Spread.TWICE, i, NEIGHBOURS);
    }
  }

  private Path config(List<String> peers) throws IOException {
    JsonObject config =
        new JsonObject()
            .put(
                "identity",
                new JsonObject()
                    .put("name", BenchWorker.ASKER.name())
                    .put("soul", BenchWorker.ASKER.identity().soul().encoded()))
            .put("mesh", new JsonObject().put("host", "127.0.0.1").put("port", 0))
            .put("web", new JsonObject().put("host", "127.0.0.1").put("port", port))
            .put("discovery", new JsonObject().put("peers", peers))
            .put("recovery", new JsonObject().put("first_wait", "1s"))
            .put("memory", new JsonObject().put("mode", "hog").put("max_events", 2 * EVENTS));
    return Files.writeString(folder.resolve("node.json"), config.encodePrettily());
  }

  /** The node's own figures of its recovery and its ledger. */
  private JsonObject numbers() {
    JsonObject status = new JsonObject(get("/status"));
    JsonObject recovery = status.getJsonObject("recovery");
    return new JsonObject()
        .put("stage", recovery.getString("stage"))
        .put("received", recovery.getLong("received"))
        .put("new", recovery.getLong("merged"))
        .put("bytes", recovery.getLong("bytes"))
        .put("to_come", recovery.getLong("remaining_events"))
        .put("requests", recovery.getLong("calls_completed"))
        .put("planned", recovery.getLong("calls_planned"))
        .put("online", status.getLong("neighbours_online"))
        .put("ledger", status.getJsonObject("ledger").getLong("events"));
  }

  /** The logged status of that number, waited for. */
  private static String statusLine(Path log, int number) {
    return Poll.until(
            TIMEOUT,
            () -> lines(log).filter(line -> line.contains("Status; ")).skip(number).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  private static String asLogged(JsonObject numbers) {
    return "stage=\"%s\" received=%d to_come=%d neighbours_online=%d ledger_events=%d "
        .formatted(
            numbers.getString("stage"),
            numbers.getLong("received"),
            numbers.getLong("to_come"),
            numbers.getLong("online"),
            numbers.getLong("ledger"));
  }

  private static void assertShown(JsonObject numbers, Chromium browser) {
    long received = numbers.getLong("received");
    browser.until(
        "document.querySelector('.figures dd').textContent === '%s' && %s"
            .formatted(
                digits(received),
                "document.querySelector('.of').textContent === 'of at least %s events'"
                    .formatted(digits(received + numbers.getLong("to_come")))));
    assertThat(browser.text(".figures div:nth-of-type(2) dd"))
        .isEqualTo(digits(numbers.getLong("new")));
    assertThat(
            browser.evaluate(
                "[...document.querySelectorAll('#view table')[0].tBodies[0].rows]"
                    + ".reduce((sum, row) => sum"
                    + " + Number(row.cells[4].textContent.replaceAll(',', '')), 0)"))
        .as("the sum of the neighbours' events")
        .isEqualTo(received);
  }

  private static void assertExposed(JsonObject numbers, String metrics) throws Exception {
    assertThat(metrics.lines())
        .contains(
            "nara_recovery_stage{stage=\"%s\"} 1.0".formatted(numbers.getString("stage")),
            "nara_recovery_received_events_total " + numbers.getDouble("received"),
            "nara_recovery_received_bytes_total " + numbers.getDouble("bytes"),
            "nara_recovery_events_total{result=\"merged\"} " + numbers.getDouble("new"),
            "nara_recovery_remaining_events " + numbers.getDouble("to_come"),
            "nara_recovery_calls{state=\"completed\"} " + numbers.getDouble("requests"),
            "nara_recovery_calls{state=\"planned\"} " + numbers.getDouble("planned"),
            "nara_peers{state=\"online\"} " + numbers.getDouble("online"));
    assertThat(PrometheusTools.promtool(recoveryMetrics(metrics), "check", "metrics")).isBlank();
  }

  private static String recoveryMetrics(String metrics) {
    return metrics
        .lines()
        .filter(line -> line.matches("(# (HELP|TYPE) )?nara_(recovery|peers|ledger).*"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** The last whole frame, once it has these numbers. */
  private String lastFrame(JsonObject numbers, Path terminal) {
    String told =
        "%s events received, %s new"
            .formatted(digits(numbers.getLong("received")), digits(numbers.getLong("new")));
    String frame =
        Poll.until(TIMEOUT, () -> lastFrame(terminal), printed -> unfolded(printed).contains(told));
    assertThat(unfolded(frame))
        .contains(
            "recovery    %s, %s of %s requests, at least %s events to come"
                .formatted(
                    numbers.getString("stage"),
                    digits(numbers.getLong("requests")),
                    digits(numbers.getLong("planned")),
                    digits(numbers.getLong("to_come"))))
        .contains("neighbours  %d of ".formatted(numbers.getLong("online")))
        .contains("ledger      %s of ".formatted(digits(numbers.getLong("ledger"))));
    return frame;
  }

  private static String lastFrame(Path terminal) {
    String[] frames = lines(terminal).collect(Collectors.joining("\n")).split("(?m)^(?=asker )");
    return frames.length < 2 ? "" : frames[frames.length - 2];
  }

  private static String unfolded(String frame) {
    return frame.replaceAll("\n +", " ");
  }

  private static String digits(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static void keep(Chromium browser) {
    if (!SCREENSHOTS.isEmpty()) {
      browser.screenshot(Path.of(SCREENSHOTS, "recovery.png"));
    }
  }

  private static void keep(String logged, String watched, String metrics) throws IOException {
    if (!SCREENSHOTS.isEmpty()) {
      Files.writeString(
          Path.of(SCREENSHOTS, "recovery.txt"),
          """
          The same moment as in recovery.png.

          nara status --watch:

          %s
          The log:

          %s

          GET /metrics, without the zeros:

          %s\
          """
              .formatted(
                  watched,
                  logged,
                  recoveryMetrics(metrics)
                      .lines()
                      .filter(line -> !line.startsWith("#") && !line.endsWith(" 0.0"))
                      .collect(Collectors.joining("\n", "", "\n"))));
    }
  }

  private JsonObject awaitStatus(Predicate<JsonObject> expected) {
    return Poll.until(
        TIMEOUT,
        () -> new JsonObject(get("/status")),
        status -> !status.isEmpty() && expected.test(status));
  }

  /** The body of a response; {@code {}} while the node does not listen yet. */
  private String get(String path) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException starting) {
      return "{}";
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
