package nara.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.json.RawEvents;
import nara.mqtt.PlazaNotification;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.profile.Status;
import nara.stash.StashConfig;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.FreePorts;
import nara.testing.JsonSchema;
import nara.testing.TestNode;
import nara.testing.Vectors;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference's pages of a live node, and the description of all paths. */
class ReferencePagesIT {
  private static final String STATUS =
      """
      {"LicensePlate":"🥪","Flair":"🪙🎺<b>","HostStats":{"Uptime":4104,"LoadAvg":0.81},\
      "Chattiness":7,"Buzz":1,"Observations":{},"Trend":"t","TrendEmoji":"🎺",\
      "Personality":{"Agreeableness":30,"Sociability":16,"Chill":48},\
      "Aura":{"primary":"#13909C","secondary":"#EF818A"},"Version":"0.2.0","PublicUrl":"",\
      "PublicKey":"k","ID":"i","MeshEnabled":true,"MeshIP":"127.0.0.1:31004",\
      "coordinates":{"x":-0.000074,"y":0.5,"height":0.00001,"error":1},"transport_mode":"hybrid",\
      "event_store_total":9,"event_store_by_service":{"chau":2},\
      "memory_mode":"medium","memory_budget_mb":512,"memory_max_events":80000}\
      """;

  private static final String HOSTILE = "\"<script>\u202e\u001b\u2028/..%";
  private static final long NOW = Event.unixNanos(Instant.now());
  private static final long SECOND = 1_000_000_000L;
  private static final Citizen BART = Citizen.named("bart");
  private static final Citizen MARGE = Citizen.named("marge");

  private static TestNode node;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    port = FreePorts.next();
    List<byte[]> events = new ArrayList<>();
    events.add(Citizen.unsigned(NOW - 60 * SECOND, checkpoint()));
    events.add(BART.heyThere(NOW - 50 * SECOND, "127.0.0.1:1"));
    events.add(MARGE.heyThere(NOW - 49 * SECOND, ""));
    for (int i = 0; i < 7; i++) {
      events.add(BART.tease(NOW - (40 - i) * SECOND, "marge"));
    }
    events.add(MARGE.tease(NOW - 30 * SECOND, "bart"));
    events.add(BART.tease(NOW - 90 * SECOND, HOSTILE));
    events.add(
        MARGE.signed(
            NOW - 20 * SECOND,
            new Observation(
                "marge",
                "",
                "bart",
                "",
                Observation.RESTART,
                3,
                false,
                1_700_000_000,
                4,
                1_700_000_500,
                "",
                "",
                9)));
    events.add(MARGE.chau(NOW - 10 * SECOND));
    node =
        TestNode.start(
            "lisa",
            events,
            config ->
                config
                    .with(
                        new NodeConfig.WebConfig(
                            true, "127.0.0.1", port, "", List.of("https://nara.example")))
                    .with(StashConfig.defaults()),
            progressed -> {});
    node.report();
    for (String name : List.of("bart", HOSTILE)) {
      node.node()
          .bus()
          .publish(
              PlazaNotification.ADDRESS,
              new PlazaNotification.StatusReceived(name, Status.read(STATUS), true));
    }
    FakeBus.until(() -> body("/api.json"), body -> body.contains("script"));
  }

  private static Checkpoint checkpoint() {
    Checkpoint unsigned = checkpoint(List.of("", ""));
    return checkpoint(List.of(vote(BART, unsigned), vote(MARGE, unsigned)));
  }

  private static Checkpoint checkpoint(List<String> signatures) {
    return new Checkpoint(
        2,
        "bart",
        BART.id(),
        "",
        new Checkpoint.AgreedValues(3, 100, 1_700_000_000),
        NOW / SECOND - 3_600,
        1,
        List.of(BART.id(), MARGE.id()),
        signatures);
  }

  private static String vote(Citizen voter, Checkpoint checkpoint) {
    return voter
        .identity()
        .keys()
        .signBase64(checkpoint.attestation(voter.id()).getBytes(StandardCharsets.UTF_8));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  // The shapes that WEB pages of the reference read, key by key in their order.

  @Test
  void all_naras_have_their_status_and_this_node_comes_last() {
    JsonArray naras = json("/api.json").getJsonArray("naras");

    JsonObject bart = nara(naras, "bart");
    assertThat(keys(bart))
        .containsExactly(
            "Aura",
            "Buzz",
            "Chattiness",
            "Flair",
            "HostStats",
            "ID",
            "LastRestart",
            "LastSeen",
            "LicensePlate",
            "MeshEnabled",
            "MeshIP",
            "Name",
            "Observations",
            "Online",
            "Personality",
            "PublicKey",
            "PublicUrl",
            "Restarts",
            "StartTime",
            "Trend",
            "TrendEmoji",
            "Version",
            "coordinates",
            "event_store_by_service",
            "event_store_total",
            "memory_budget_mb",
            "memory_max_events",
            "memory_mode",
            "transport_mode");
    assertThat(keys(bart.getJsonObject("HostStats"))).isSorted();
    assertThat(bart.getString("Online")).isEqualTo("ONLINE");
    assertThat(bart.getLong("Restarts")).isEqualTo(4);
    assertThat(bart.getLong("StartTime")).isEqualTo(1_700_000_000);
    assertThat(naras.getJsonObject(naras.size() - 1).getString("Name")).isEqualTo("lisa");
    assertThat(body("/api.json")).endsWith(",\"server\":\"lisa\"}\n");
  }

  @Test
  void this_node_shows_its_observations_and_others_show_none() {
    JsonArray naras = json("/api.json").getJsonArray("naras");
    JsonObject own = nara(naras, "lisa").getJsonObject("Observations");

    assertThat(own.fieldNames()).contains("bart", "lisa");
    JsonObject bart = own.getJsonObject("bart");
    assertThat(bart.getString("online")).isEqualTo("ONLINE");
    assertThat(bart.getLong("restarts")).isEqualTo(4);
    assertThat(bart.getLong("start_time")).isEqualTo(1_700_000_000);
    assertThat(nara(naras, "bart").getJsonObject("Observations")).isEmpty();
    JsonObject profile = json("/profile/lisa.json").getJsonObject("observations");
    assertThat(profile.getJsonObject("bart")).isEqualTo(bart);
    assertThat(json("/profile/bart.json").getJsonObject("observations")).isEmpty();
  }

  @Test
  void flat_naras_have_colours_and_clout() {
    JsonArray naras = json("/narae.json").getJsonArray("naras");

    JsonObject bart = nara(naras, "bart");
    assertThat(keys(bart)).isSorted().hasSize(28);
    assertThat(bart.getString("Aura")).isEqualTo("#13909C");
    assertThat(bart.getLong("Uptime")).isEqualTo(4_104);
    assertThat(bart.getDouble("Clout")).isNotZero();
    assertThat(keys(bart.getJsonObject("HostStats"))).first().isEqualTo("Uptime");
    assertThat(nara(naras, "lisa").getLong("event_store_total")).isPositive();
  }

  @Test
  void profile_tells_friends_and_teases() {
    JsonObject bart = json("/profile/bart.json");

    assertThat(keys(bart)).isSorted().hasSize(28);
    assertThat(bart.getJsonObject("best_friends").encode())
        .isEqualTo(
            "{\"from\":{\"count\":1,\"name\":\"marge\"},\"to\":{\"count\":7,\"name\":\"marge\"}}");
    assertThat(bart.getJsonArray("recent_teases")).hasSize(9);
    assertThat(json("/profile/lisa.json").getValue("recent_teases")).isNull();
  }

  @Test
  void status_is_the_one_that_the_nara_published() {
    assertThat(body("/status/bart.json"))
        .isEqualTo(
            STATUS
                    .replace("<b>", "\\u003cb\\u003e")
                    .replace(
                        "\"LoadAvg\":0.81",
                        "\"LoadAvg\":0.81,\"MemAllocMB\":0,\"MemSysMB\":0,\"MemHeapMB\":0,"
                            + "\"MemStackMB\":0,\"NumGoroutines\":0,\"NumGC\":0,"
                            + "\"ProcCPUPercent\":0")
                + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "/status/lisa.json, 404",
    "/status/nobody.json, 404",
    "/status/bart, 404",
    "/profile/nobody.json, 404",
    "/profile/bart, 404",
    "/profile/.json, 404",
    "/api/inspector/event/xyz, 404",
    "/api/inspector/event/00000000000000000000000000000000, 404",
    "/api/inspector/checkpoint/lisa, 404",
    "/api/inspector/projection/mood/bart, 400",
    "/api/inspector/events?limit=0, 400",
    "/api/inspector/events?limit=1001, 400",
    "/api/inspector/events?offset=x, 400",
    "/api/inspector/events?before=99999999999999999999, 400",
    "/api/inspector/events?cursor=5, 400",
    "/api/unknown, 404"
  })
  void refusals_are_json_sentences(String path, int status) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(new JsonObject(response.body()).getString("error")).isNotEmpty();
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void names_are_bounded_and_escaped() throws Exception {
    assertThat(get("/profile/" + "n".repeat(1_025) + ".json").statusCode()).isEqualTo(404);
    assertThat(get("/api/inspector/uptime/" + "n".repeat(1_025)).statusCode()).isEqualTo(404);
    for (String path :
        List.of(
            "/api.json",
            "/narae.json",
            "/profile/bart.json",
            "/api/inspector/events",
            "/api/inspector/projections",
            "/api/inspector/projection/clout/bart")) {
      String body = body(path);
      assertThat(body).as(path).contains("script").doesNotContain("<script");
      assertThat(body.chars().filter(c -> c < ' ' && c != '\n' || c == 0x202e || c == 0x2028))
          .as(path)
          .isEmpty();
    }
    String encoded = URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8).replace("+", "%20");
    assertThat(json("/profile/" + encoded + ".json").getString("name")).isEqualTo(HOSTILE);
  }

  @Test
  void social_pages_tell_clout_recent_events_and_teases() {
    assertThat(json("/social/clout").getJsonObject("clout").fieldNames())
        .containsExactly("bart", "marge");
    JsonArray recent = json("/social/recent").getJsonArray("events");
    assertThat(recent).hasSize(5);
    assertThat(keys(recent.getJsonObject(0)))
        .containsExactly("actor", "message", "reason", "target", "timestamp");
    assertThat(recent.getJsonObject(0).getString("message")).isNotEmpty();
    assertThat(json("/social/teases").encode())
        .isEqualTo(
            "{\"server\":\"lisa\",\"teases\":[{\"actor\":\"bart\",\"count\":8},"
                + "{\"actor\":\"marge\",\"count\":1}]}");
  }

  @Test
  void map_begins_with_this_node() {
    JsonObject self = json("/network/map").getJsonArray("nodes").getJsonObject(0);

    assertThat(self.getString("name")).isEqualTo("lisa");
    assertThat(self.getBoolean("is_self")).isTrue();
    assertThat(keys(self)).isSorted();
    assertThat(keys(json("/coordinates"))).containsExactly("coordinates", "name");
    assertThat(keys(json("/proximity")))
        .containsExactly("barrio_emoji", "barrio_members", "grid_size", "server");
  }

  @Test
  void events_are_paged_by_cursor_and_filtered() {
    Set<String> ids = new LinkedHashSet<>();
    String path = "/api/inspector/events?limit=4";
    JsonObject page = json(path);
    int total = page.getInteger("total");
    while (page.getBoolean("has_more")) {
      ids.addAll(ids(page));
      page = json(path + "&cursor=" + page.getString("next_cursor"));
    }
    ids.addAll(ids(page));

    assertThat(ids).hasSize(total).containsExactlyElementsOf(ids(json("/api/inspector/events")));
    assertThat(page.fieldNames()).containsExactly("events", "has_more", "total");
    assertThat(json("/api/inspector/events?service=social&subject=marge").getInteger("total"))
        .isEqualTo(8);
    assertThat(json("/api/inspector/events?service=&subject=&limit=1").getInteger("total"))
        .isEqualTo(total);
    assertThat(json("/api/inspector/events?service=none").encode())
        .isEqualTo("{\"events\":[],\"has_more\":false,\"total\":0}");
  }

  @Test
  void event_is_shown_as_on_the_wire_with_the_verdict() {
    String id = ids(json("/api/inspector/events?service=chau")).getFirst();

    String body = body("/api/inspector/event/" + id);

    assertThat(body)
        .startsWith("{\"event\":" + new String(MARGE.chau(NOW - 10 * SECOND)) + ",\"metadata\":");
    JsonObject verification = new JsonObject(body).getJsonObject("verification");
    assertThat(verification.getBoolean("signature_valid")).isTrue();
    assertThat(verification.getValue("verification_error")).isNull();
    JsonObject arrival = new JsonObject(body).getJsonObject("arrival");
    assertThat(keys(arrival)).containsExactly("way", "at", "peer");
    assertThat(arrival.getString("way")).isEqualTo("peer");
    assertThat(arrival.getString("peer")).isEqualTo("test");
  }

  @Test
  void checkpoint_tells_whose_votes_back_it() {
    JsonObject first =
        json("/api/inspector/checkpoints").getJsonArray("checkpoints").getJsonObject(0);
    assertThat(first.getInteger("verified_count")).isEqualTo(2);
    assertThat(first.getBoolean("verified")).isTrue();

    JsonObject detail = json("/api/inspector/checkpoint/bart");

    assertThat(detail.getJsonObject("summary").encode())
        .isEqualTo("{\"is_self_attestation\":true,\"total_voters\":2,\"verified_voters\":2}");
    assertThat(detail.getJsonArray("voters").getJsonObject(1).getString("voter_name"))
        .isEqualTo("marge");
  }

  @Test
  void uptime_follows_from_announcements_and_from_a_checkpoint() {
    JsonArray marge = json("/api/inspector/uptime/marge").getJsonArray("periods");
    assertThat(marge.getJsonObject(0).getString("type")).isEqualTo("offline");
    assertThat(marge.getJsonObject(0).getBoolean("ongoing")).isTrue();
    assertThat(marge.getJsonObject(1).getLong("duration")).isEqualTo(39);

    JsonObject bart = json("/api/inspector/uptime/bart");

    assertThat(bart.getString("baseline_source")).isEqualTo("checkpoint");
    assertThat(bart.getLong("total_uptime")).isEqualTo(100);
    assertThat(bart.getJsonArray("periods").getJsonObject(1).getString("type"))
        .isEqualTo("historical");
    assertThat(json("/api/inspector/uptime/nobody").getValue("periods")).isNull();
  }

  @Test
  void stream_tells_what_peers_send_and_not_only_own_events() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/events")).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      // Without its end, the client would wait for the stream's.
      try (InputStream stream = response.body()) {
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (!line.startsWith("data: ")) {
          line = lines.readLine();
        }
        assertThat(line).isEqualTo("data: {\"server\":\"lisa\"}");
        // The ledger is asked before the response begins, and the next request waits behind it.
        byte[] ping = MARGE.signed(NOW - 5 * SECOND, new Ping("marge", "", "bart", "", 2.5));
        Blocking.await(
            node.node()
                .bus()
                .request(
                    TrustRequest.ADDRESS,
                    new TrustRequest.OfferEvents(OfferSource.peer("homer"), RawEvents.of(ping)),
                    Duration.ofSeconds(10)),
            Duration.ofSeconds(10));

        line = lines.readLine();
        while (!line.equals("event: ping")) {
          line = lines.readLine();
        }

        assertThat(lines.readLine()).contains("\"text\":\"marge pinged bart\"");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/narae.json", "/world/journeys", "/api/inspector/events"})
  void listed_sites_may_read_these_pages_only(String path) throws Exception {
    HttpResponse<String> listed = get(path, "Origin", "https://nara.example");
    HttpResponse<String> other = get(path, "Origin", "https://evil.example");
    HttpResponse<String> own = get("/status", "Origin", "https://nara.example");

    assertThat(listed.headers().firstValue("Access-Control-Allow-Origin"))
        .contains("https://nara.example");
    assertThat(listed.headers().firstValue("Vary")).contains("Origin");
    assertThat(other.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(own.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    HttpResponse<String> preflight = send("OPTIONS", path, "Origin", "https://nara.example");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods")).contains("GET");
  }

  // The description.

  @Test
  void description_and_routes_name_the_same_paths_and_methods() {
    Set<String> described = new TreeSet<>();
    description()
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(method -> described.add(method + " " + path.getKey())));

    assertThat(described).isEqualTo(routes());
  }

  /** By what the port itself says: the paths in its 404, and the methods in its 405. */
  private static Set<String> routes() {
    Set<String> routes = new TreeSet<>();
    for (Object path : json("/nothing").getJsonArray("paths")) {
      String template = path.toString().replaceAll(":([a-z]+)", "{$1}");
      HttpResponse<String> refused = sendUnchecked("TRACE", path.toString().replace(":", "x"));
      for (String method : refused.headers().firstValue("Allow").orElseThrow().split(", ")) {
        // Only a node with web.cors answers it.
        if (!method.equals("OPTIONS")) {
          routes.add(method.toLowerCase(Locale.ROOT) + " " + template);
        }
      }
    }
    return routes;
  }

  @Test
  void real_responses_match_their_description() throws Exception {
    JsonNode description = description();
    JsonSchema schema = new JsonSchema(description);
    String id = ids(json("/api/inspector/events?service=chau")).getFirst();
    Set<String> problems = new TreeSet<>();
    int checked = 0;
    for (var path : description.get("paths").properties()) {
      JsonNode get = path.getValue().path("get");
      if (get.isMissingNode() || path.getKey().equals("/events")) {
        continue;
      }
      for (String type : List.of("online_status", "clout", "opinion")) {
        for (String name : List.of("bart", "lisa", "nobody")) {
          String at =
              path.getKey()
                  .replace("{name}", name)
                  .replace("{type}", type)
                  .replace("{id}", id)
                  .replace("{file}", "app.js");
          HttpResponse<String> response = get(at);
          JsonNode expected =
              schema.resolved(get.get("responses").path("" + response.statusCode()));
          if (!expected.has("content")) {
            problems.add(at + ": " + response.statusCode() + " is not described");
            continue;
          }
          var content = expected.get("content").properties().iterator().next();
          assertThat(response.headers().firstValue("Content-Type").orElse("text/plain"))
              .as(at)
              .startsWith(content.getKey());
          if (content.getKey().equals("application/json")) {
            checked++;
            schema
                .problems(Vectors.parse(response.body()), content.getValue().get("schema"))
                .forEach(problem -> problems.add(at + problem));
          }
        }
      }
    }

    assertThat(problems).isEmpty();
    assertThat(checked).isGreaterThan(200);
  }

  private static JsonNode description() {
    return Vectors.parse(body("/openapi.json"));
  }

  private static JsonObject nara(JsonArray naras, String name) {
    return naras.stream()
        .map(JsonObject.class::cast)
        .filter(nara -> nara.getString("Name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> ids(JsonObject page) {
    return page.getJsonArray("events").stream()
        .map(event -> ((JsonObject) event).getString("id"))
        .toList();
  }

  private static List<String> keys(JsonObject object) {
    return List.copyOf(object.fieldNames());
  }

  private static JsonObject json(String path) {
    return new JsonObject(body(path));
  }

  private static String body(String path) {
    return sendUnchecked("GET", path).body();
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  private static HttpResponse<String> sendUnchecked(String method, String path) {
    try {
      return send(method, path);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private static HttpResponse<String> send(String method, String path, String... headers)
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
