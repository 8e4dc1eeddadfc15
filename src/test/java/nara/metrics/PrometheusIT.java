package nara.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nara.demo.Corpus;
import nara.node.config.NodeConfig;
import nara.testing.FreePorts;
import nara.testing.PrometheusServer;
import nara.testing.PrometheusTools;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real node, a real Prometheus, and its tool. */
class PrometheusIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;

  @Test
  void promtool_accepts_metrics_alerts_and_their_tests() throws Exception {
    int port = FreePorts.next();
    int elderPort = FreePorts.next();
    try (TestNode elder = elder(elderPort);
        TestNode node = node(port, elder)) {
      node.report();
      String metrics = get(port, "/metrics").body();

      // Micrometer's own metrics break two conventions: a unit that is no base unit, and a suffix.
      // The reference's names have units that are none, as well.
      String own =
          metrics
              .lines()
              .filter(line -> line.matches("(# (HELP|TYPE) )?nara_.*"))
              .filter(line -> !isOfReference(line))
              .collect(Collectors.joining("\n", "", "\n"));
      assertThat(PrometheusTools.promtool(own, "check", "metrics")).isBlank();
      assertThat(metrics)
          .contains("nara_recovery_outcome{outcome=\"complete\"} 1.0")
          .contains("nara_peer_up{peer=\"elder\"} 1.0")
          .contains("nara_ready 1.0");
      assertThat(value(metrics, "nara_recovery_events_total{result=\"merged\"}"))
          .isEqualTo(node.report().eventTotals().merged());
      assertThat(value(metrics, "nara_signatures_total{result=\"valid\"}")).isPositive();
      String served = get(elderPort, "/metrics").body();
      assertThat(served)
          .contains("nara_mesh_requests_total{path=\"/events/sync\",status=\"200\"}")
          .contains(
              "nara_mesh_request_duration_seconds_bucket{path=\"/events/sync\",le=\"0.001\"}");
    }
    PrometheusTools.promtool("", "check", "rules", "dist/prometheus/alerts.yml");
    PrometheusTools.promtool("", "test", "rules", "dist/prometheus/alerts_test.yml");
  }

  @Test
  void prometheus_has_data_for_every_metric_that_an_alert_names() throws Exception {
    int port = FreePorts.next();
    Path rules = Path.of("dist/prometheus/alerts.yml");
    TreeSet<String> metrics =
        Pattern.compile("nara_[a-z_]+")
            .matcher(Files.readString(rules))
            .results()
            .map(found -> found.group())
            .collect(Collectors.toCollection(TreeSet::new));
    metrics.add("up{job=\"nara\"} == 1");
    try (TestNode elder = elder(FreePorts.next());
        TestNode node = node(port, elder);
        PrometheusServer prometheus = PrometheusServer.start(folder, rules, port)) {
      node.report();
      metrics.forEach(prometheus::awaitData);
    }
  }

  @Test
  void promtool_accepts_the_queries_of_the_dashboard() throws Exception {
    JsonArray rules = new JsonArray();
    for (String query : DashboardTest.queries()) {
      String concrete = query.replace("$instance", ".+").replace("$__rate_interval", "1m");
      rules.add(new JsonObject().put("record", "query" + rules.size()).put("expr", concrete));
    }
    JsonObject group = new JsonObject().put("name", "dashboard").put("rules", rules);
    // JSON is YAML.
    Path file =
        Files.writeString(
            folder.resolve("dashboard.yml"),
            new JsonObject().put("groups", new JsonArray().add(group)).encode());

    assertThat(PrometheusTools.promtool("", "check", "rules", file.toString()))
        .contains(rules.size() + " rules found");
  }

  private static TestNode elder(int port) {
    List<byte[]> events = Corpus.generate(500, 5, 7, Instant.now().minusSeconds(3_600)).events();
    return TestNode.start(
        "elder",
        events,
        config -> config.with(new NodeConfig.WebConfig(true, "127.0.0.1", port)),
        progressed -> {});
  }

  private static TestNode node(int port, TestNode elder) {
    return TestNode.start(
        "fresh",
        List.of(),
        config ->
            TestNode.withPeers(elder.configuredPeer())
                .apply(config)
                .with(new NodeConfig.WebConfig(true, "127.0.0.1", port)),
        progressed -> {});
  }

  private static boolean isOfReference(String line) {
    String name = line.replaceFirst("# (HELP|TYPE) ", "").replaceFirst("[ {].*", "");
    return Arrays.stream(Family.values())
        .anyMatch(family -> family.ofReference() && family.exposedName().equals(name));
  }

  private static double value(String metrics, String series) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
