package nara.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.UnavailableException;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.identity.Keyring;
import nara.mqtt.PlazaRequest;
import nara.node.Blocking;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.Report;
import nara.status.NodeFacts;
import nara.testing.FreePorts;
import nara.testing.TestFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The management port of a node whose parts are faked. */
@ExtendWith(VertxExtension.class)
class WebVerticleIT {
  private static final NodeFacts.Parts PLAIN = new NodeFacts.Parts(false, false, false);

  @Test
  void health_tells_why_the_node_accepts_no_signature(Vertx vertx) throws Exception {
    AtomicReference<Optional<String>> fault = new AtomicReference<>(Optional.empty());
    int port = start(vertx, "", TestFacts.of(PLAIN, fault::get, clock()));

    assertThat(get(port, "/health").body()).isEqualTo("{\"status\":\"up\",\"name\":\"lisa\"}");

    fault.set(Optional.of("the verifiers differ"));

    assertThat(get(port, "/health/live").statusCode()).isEqualTo(503);
    assertThat(json(get(port, "/health")).getString("reason")).isEqualTo("the verifiers differ");
    JsonObject ready = json(get(port, "/ready"));
    assertThat(check(ready, "recheck").getString("state")).isEqualTo("down");
  }

  @Test
  void ready_notes_what_the_operator_should_know(Vertx vertx) throws Exception {
    serveRecovery(vertx, "done", true);
    int port = start(vertx, "", TestFacts.of(PLAIN, Optional::empty, clock(), "the clock is off"));

    HttpResponse<String> ready = get(port, "/health/ready");

    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(json(ready).getJsonArray("notes")).containsExactly("the clock is off");
    assertThat(json(get(port, "/ready"))).isEqualTo(json(ready));
  }

  @Test
  void port_tells_that_the_node_starts_before_any_other_part_runs(Vertx vertx) throws Exception {
    int port = start(vertx, "", TestFacts.plain());

    HttpResponse<String> ready = get(port, "/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(json(ready).getString("stage")).isEqualTo("starting");
    assertThat(json(get(port, "/status")).getBoolean("ready")).isFalse();
    assertThat(get(port, "/report").statusCode()).isEqualTo(503);
    assertThat(get(port, "/metrics").body())
        .contains("nara_recovery_stage{stage=\"starting\"} 1")
        .contains("nara_ledger_events{service=\"hey-there\"} 0")
        .contains("jvm_memory_used_bytes{")
        .contains("process_uptime_seconds");
  }

  @Test
  void checks_name_a_broker_that_is_down_and_missing_neighbours(Vertx vertx) throws Exception {
    serveRecovery(vertx, "done", true);
    Bus.of(vertx)
        .serve(
            PlazaRequest.ADDRESS,
            PlazaRequest.class,
            request ->
                request instanceof PlazaRequest.GetPlazaState
                    ? Future.succeededFuture(new PlazaRequest.PlazaState(false, "refused"))
                    : Future.failedFuture(new UnavailableException("not in this test")));
    int port =
        start(
            vertx,
            "",
            TestFacts.of(new NodeFacts.Parts(true, false, false), Optional::empty, clock()));

    JsonObject ready = json(get(port, "/ready"));

    assertThat(ready.getBoolean("ready")).isTrue();
    assertThat(check(ready, "broker"))
        .isEqualTo(
            new JsonObject()
                .put("name", "broker")
                .put("state", "warning")
                .put("reason", "refused"));
    assertThat(check(ready, "neighbours").getString("reason")).isEqualTo("no neighbour is online");
    assertThat(check(ready, "recovery"))
        .isEqualTo(new JsonObject().put("name", "recovery").put("state", "up"));
  }

  @Test
  void status_escapes_hostile_names(Vertx vertx) throws Exception {
    String hostile = "<script>\u202e\u001b[2J";
    Bus.of(vertx)
        .serve(
            DiscoveryRequest.ADDRESS,
            DiscoveryRequest.ListNeighbours.class,
            list ->
                Future.succeededFuture(
                    new DiscoveryRequest.NeighbourList(
                        List.of(
                            new Neighbour(
                                hostile,
                                "",
                                "",
                                Optional.empty(),
                                Set.of(Neighbour.Source.PLAZA),
                                true)),
                        List.of())));
    int port = start(vertx, "", TestFacts.plain());

    HttpResponse<String> status = get(port, "/status");

    assertThat(status.body()).doesNotContain("\u202e").doesNotContain("\u001b");
    assertThat(json(status).getJsonArray("neighbours").getJsonObject(0).getString("name"))
        .isEqualTo(hostile);
    assertThat(get(port, "/metrics").body()).doesNotContain("\u202e").doesNotContain("\u001b");
  }

  @Test
  void openmetrics_are_served_on_request(Vertx vertx) throws Exception {
    int port = start(vertx, "", TestFacts.plain());

    HttpResponse<String> text = get(port, "/metrics");
    HttpResponse<String> open =
        get(port, "/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain");

    assertThat(text.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(open.headers().firstValue("Content-Type"))
        .hasValueSatisfying(
            type -> assertThat(type).startsWith("application/openmetrics-text; version=1.0.0"));
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void unknown_paths_and_methods_answer_json(Vertx vertx) throws Exception {
    int port = start(vertx, "", TestFacts.plain());

    HttpResponse<String> unknown = get(port, "/nothing");
    HttpResponse<String> wrongMethod = get(port, "/recover");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(json(unknown).getJsonArray("paths")).contains("/status", "/metrics");
    assertThat(wrongMethod.statusCode()).isEqualTo(405);
    assertThat(wrongMethod.headers().firstValue("Allow")).contains("POST");
    assertThat(unknown.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(unknown.headers().firstValue("Cache-Control")).contains("no-store");
    HttpResponse<String> start = get(port, "/world/start");
    assertThat(start.statusCode()).isEqualTo(405);
    assertThat(start.headers().firstValue("Allow")).contains("POST");
    assertThat(post(port, "/profile/a%20b.json").headers().firstValue("Allow")).contains("GET");
    assertThat(json(wrongMethod).getString("error")).isNotEmpty();
    HttpResponse<String> longPath = get(port, "/" + "a".repeat(5_000));
    assertThat(longPath.statusCode()).isEqualTo(414);
    assertThat(json(longPath).getString("error")).isEqualTo("the path and query are too long");
    HttpResponse<String> large = get(port, "/status", "X-Large", "a".repeat(9_000));
    assertThat(large.statusCode()).isEqualTo(431);
    assertThat(json(large).getString("error")).isEqualTo("the headers are too large");
  }

  @Test
  void head_has_the_status_of_get_and_no_body(Vertx vertx) throws Exception {
    serveRecovery(vertx, "done", true);
    int port = start(vertx, "", TestFacts.plain());

    for (String path :
        List.of(
            "/health", "/health/ready", "/", "/nothing", "/recover", "/ledger/histogram?spans=x")) {
      HttpResponse<String> head = send("HEAD", port, path);
      HttpResponse<String> get = get(port, path);
      assertThat(head.statusCode()).as(path).isEqualTo(get.statusCode());
      assertThat(head.headers().firstValue("Content-Type"))
          .isEqualTo(get.headers().firstValue("Content-Type"));
      assertThat(head.body()).as(path).isEmpty();
    }
    for (String stream : List.of("/events", "/events/", "//events//", "/./%65vents")) {
      assertThat(send("HEAD", port, stream).statusCode()).as(stream).isEqualTo(405);
    }
  }

  @Test
  void recover_starts_a_recovery_for_programs_on_this_machine_only(Vertx vertx) throws Exception {
    serveRecovery(vertx, "done", true);
    int port = start(vertx, "", TestFacts.plain());

    HttpResponse<String> started = post(port, "/recover");

    assertThat(started.statusCode()).isEqualTo(202);
    assertThat(json(started).getInteger("recovery")).isEqualTo(2);
    assertThat(post(port, "/recover", "Origin", "http://127.0.0.1:" + port).statusCode())
        .isEqualTo(403);
  }

  @Test
  void configuration_is_for_this_machine_or_with_the_token(Vertx vertx) throws Exception {
    int port = start(vertx, "secret", TestFacts.plain());

    HttpResponse<String> own = get(port, "/configuration", "Sec-Fetch-Site", "same-origin");

    assertThat(json(own).getJsonObject("mesh")).isNotNull();
    assertThat(get(port, "/configuration").statusCode()).isEqualTo(200);
    assertThat(get(port, "/configuration", "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(
            get(
                    port,
                    "/configuration",
                    "Sec-Fetch-Site",
                    "cross-site",
                    "Authorization",
                    "Bearer secret")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void recover_needs_the_token_when_there_is_one(Vertx vertx) throws Exception {
    serveRecovery(vertx, "done", true);
    int port = start(vertx, "secret", TestFacts.plain());

    assertThat(post(port, "/recover").statusCode()).isEqualTo(403);
    assertThat(post(port, "/recover", "Authorization", "Bearer wrong").statusCode()).isEqualTo(403);
    assertThat(post(port, "/recover", "Authorization", "Bearer secret").statusCode())
        .isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/recover", "/log", "/world/start", "/api/stash/update", "/api/stash/recover"})
  void all_that_changes_something_follows_one_rule(String path, Vertx vertx) throws Exception {
    int guarded = start(vertx, "secret", TestFacts.plain());
    int open = start(vertx, "", TestFacts.plain());

    assertThat(post(guarded, path).statusCode()).as("without the token").isEqualTo(403);
    assertThat(post(guarded, path, "Authorization", "Bearer secret").statusCode())
        .isNotEqualTo(403);
    assertThat(post(open, path, "Origin", "http://127.0.0.1:" + open).statusCode())
        .as("from a page")
        .isEqualTo(403);
    assertThat(statusFor(vertx, open, path, "evil.example"))
        .as("from a page of a site whose name leads to this machine")
        .isEqualTo(403);
    assertThat(statusFor(vertx, open, path, "localhost")).isNotEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/status", "/metrics", "/events", "/profile.json", "/nothing"})
  void pages_of_a_site_whose_name_leads_to_this_machine_read_nothing(String path, Vertx vertx)
      throws Exception {
    int port = start(vertx, "", TestFacts.plain());

    assertThat(raw(port, path, "Host: evil.example:" + port))
        .startsWith("HTTP/1.1 403 ")
        .contains("{\"error\":\"the Host header is not of this machine; use 127.0.0.1");
    assertThat(raw(port, path, "Host: localhost", "Host: evil.example"))
        .matches("(?s)HTTP/1.1 4(00|03) .*");
    assertThat(raw(port, path, "Host: evil.example", "Host: localhost"))
        .matches("(?s)HTTP/1.1 4(00|03) .*");
    assertThat(raw(port, "/health", "Host: localhost:" + port)).startsWith("HTTP/1.1 200 ");
    assertThat(raw(port, "/health", "Host: [::1]:" + port)).startsWith("HTTP/1.1 200 ");
  }

  private static String raw(int port, String path, String... headers) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      String head = String.join("\r\n", headers);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\n" + head + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void connections_without_a_request_make_room_for_others(Vertx vertx) throws Exception {
    int port = start(vertx, "", TestFacts.plain());
    List<Socket> sleeping = new ArrayList<>();
    for (int i = 0; i < WebLimits.MAX_CONNECTIONS + 20; i++) {
      sleeping.add(new Socket("127.0.0.1", port));
    }

    assertThat(get(port, "/health").statusCode()).isEqualTo(200);

    assertThat(sleeping.getFirst().getInputStream().read()).as("the oldest is closed").isNegative();
    for (Socket socket : sleeping) {
      socket.close();
    }
  }

  private static int statusFor(Vertx vertx, int port, String path, String host) {
    RequestOptions request =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
            .setMethod(HttpMethod.POST)
            .setHost(host)
            .setPort(port)
            .setURI(path);
    // Vert.x closes a client that nothing refers to any more.
    var client = vertx.createHttpClient();
    int status =
        Blocking.await(
            client
                .request(request)
                .compose(HttpClientRequest::send)
                .map(HttpClientResponse::statusCode),
            Duration.ofSeconds(10));
    client.close();
    return status;
  }

  @Test
  void log_levels_change_without_a_restart(Vertx vertx) throws Exception {
    int port = start(vertx, "", TestFacts.plain());

    assertThat(post(port, "/log?logger=nara.web.test&level=debug").statusCode()).isEqualTo(200);
    assertThat(LoggerFactory.getLogger("nara.web.test").isDebugEnabled()).isTrue();
    assertThat(post(port, "/log?logger=nara.web.test&level=loud").statusCode()).isEqualTo(400);
    assertThat(post(port, "/log?logger=a%0Ab&level=debug").statusCode()).isEqualTo(400);
  }

  private static NetworkClock clock() {
    return new NetworkClock(Scheduler.system());
  }

  private static void serveRecovery(Vertx vertx, String stage, boolean finished) {
    Bus.of(vertx)
        .serve(
            RecoveryRequest.ADDRESS,
            RecoveryRequest.class,
            request ->
                Future.succeededFuture(
                    switch (request) {
                      case RecoveryRequest.GetRecoveryReport get ->
                          new RecoveryRequest.CurrentReport(
                              stage, finished, Report.empty("complete"), "");
                      case RecoveryRequest.StartRecovery start ->
                          new RecoveryRequest.RecoveryStarted(2, true);
                    }));
  }

  private static JsonObject check(JsonObject ready, String name) {
    JsonArray checks = ready.getJsonArray("checks");
    return checks.stream()
        .map(JsonObject.class::cast)
        .filter(check -> check.getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static int start(Vertx vertx, String token, NodeFacts facts) throws IOException {
    int port = FreePorts.next();
    Blocking.await(
        vertx.deployVerticle(
            new WebVerticle(
                new WebOptions("127.0.0.1", port, token, List.of(), "{\"mesh\": {}}"),
                facts,
                new Keyring())),
        Duration.ofSeconds(10));
    return port;
  }

  private static JsonObject json(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  private static HttpResponse<String> get(int port, String path, String... headers)
      throws Exception {
    return send("GET", port, path, headers);
  }

  private static HttpResponse<String> post(int port, String path, String... headers)
      throws Exception {
    return send("POST", port, path, headers);
  }

  private static HttpResponse<String> send(String method, int port, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
