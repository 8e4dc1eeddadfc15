package nara.testing;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A real Prometheus that scrapes nodes several times a second. */
public final class PrometheusServer implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);

  private final int port;
  private final Process process;

  private PrometheusServer(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param folder for its files
   * @param rules a file of alerts
   * @param targets management ports on loopback
   */
  public static PrometheusServer start(Path folder, Path rules, int... targets) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("prometheus.yml"),
            """
            global: { scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }
            rule_files: [ "%s" ]
            scrape_configs:
              - job_name: nara
                static_configs: [ { targets: [ %s ] } ]
            """
                .formatted(
                    rules.toAbsolutePath(),
                    Arrays.stream(targets)
                        .mapToObj(target -> "\"127.0.0.1:" + target + "\"")
                        .collect(Collectors.joining(", "))));
    int port = FreePorts.next();
    Process process =
        new ProcessBuilder(
                PrometheusTools.binary("prometheus").toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
    return new PrometheusServer(port, process);
  }

  /**
   * A copy of a file of alerts that fire after a second instead of minutes, and look back three
   * seconds instead of minutes.
   */
  public static Path shortened(Path rules, Path copy) throws IOException {
    return Files.writeString(
        copy,
        Files.readString(rules)
            .replaceAll("for: \\d+m", "for: 1s")
            .replaceAll("\\[\\d+m\\]", "[3s]"));
  }

  /** Waits until these alerts fire. */
  public void awaitFiring(String... alerts) {
    await(this::firing, firing -> firing.containsAll(List.of(alerts)));
  }

  /** Waits until none of these alerts fires or is about to. */
  public void awaitResolved(String... alerts) {
    awaitData("up{job=\"nara\"}");
    await(() -> alerts(""), active -> List.of(alerts).stream().noneMatch(active::contains));
  }

  /** Waits until a query has samples. */
  public void awaitData(String query) {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    await(
        () -> get("/api/v1/query?query=" + encoded).getJsonArray("result").size(),
        samples -> samples > 0);
  }

  /** The names of the alerts that fire. */
  public Set<String> firing() {
    return alerts("firing");
  }

  private Set<String> alerts(String state) {
    Set<String> names = new TreeSet<>();
    for (Object each : get("/api/v1/alerts").getJsonArray("alerts")) {
      JsonObject alert = (JsonObject) each;
      if (alert.getString("state").contains(state)) {
        names.add(alert.getJsonObject("labels").getString("alertname"));
      }
    }
    return names;
  }

  private static <T> void await(Supplier<T> value, Predicate<T> expected) {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    String last = "no answer";
    while (true) {
      try {
        T current = value.get();
        if (expected.test(current)) {
          return;
        }
        last = String.valueOf(current);
      } catch (NotReadyException starting) {
        last = starting.getMessage();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("after " + TIMEOUT + " still " + last);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private static final class NotReadyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotReadyException(String message) {
      super(message);
    }
  }

  private JsonObject get(String path) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new NotReadyException("HTTP status " + response.statusCode());
      }
      return new JsonObject(response.body()).getJsonObject("data");
    } catch (IOException starting) {
      throw new NotReadyException(starting.toString());
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("Prometheus does not end");
      }
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
