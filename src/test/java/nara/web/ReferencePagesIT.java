package nara.web;


import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nara.bus.UnavailableException;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.mqtt.PlazaRequest;
import nara.node.config.NodeConfig;
import nara.testing.Citizen;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The reference's pages of a live node without a broker; the statuses of its peers are faked. */
class ReferencePagesIT {
  /** As recorded from the reference, and one with a wrong type in each place. */
  private static final String STATUS =
      """
      {"LicensePlate":"🥪","Flair":"🪙🎺","HostStats":{"Uptime":4104,"LoadAvg":0.81},\
      "Chattiness":7,"Buzz":1,"Observations":{"ada":{"online":"ONLINE","last_seen":5}},\
      "Trend":"t","TrendEmoji":"🎺","Personality":{"Agreeableness":30,"Sociability":16,"Chill":48},\
      "Aura":{"primary":"#13909C","secondary":"#EF818A"},"Version":"0.2.0","PublicUrl":"",\
      "PublicKey":"k","ID":"i","MeshEnabled":true,"MeshIP":"127.0.0.1:31004",\
      "coordinates":{"x":-7.4e-05,"y":0.5,"height":1e-05,"error":1},"transport_mode":"hybrid",\
      "memory_mode":"medium","memory_budget_mb":512,"memory_max_events":80000,"other":[1]}\
      """;

  private static final String HOSTILE =
      """
      {"LicensePlate":[],"Flair":{"a":1},"HostStats":"x","Chattiness":"7","Buzz":[],\
      "Observations":[{}],"Personality":5,"Aura":null,"MeshEnabled":"yes","coordinates":"here",\
      "event_store_by_service":{"chau":"a"},"memory_mode":9}\
      """;

  private static final long NOW = Event.unixNanos(Instant.now());
  private static final long SECOND = 1_000_000_000L;
  private static TestNode node;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Citizen bart = Citizen.named("bart");
    Citizen marge = Citizen.named("marge");
    List<byte[]> events = new ArrayList<>();
    events.add(bart.heyThere(NOW - 50 * SECOND, "127.0.0.1:1"));
    events.add(marge.heyThere(NOW - 49 * SECOND, ""));
    for (int i = 0; i < 7; i++) {
      events.add(bart.tease(NOW - (40 - i) * SECOND, "marge"));
    }
    events.add(marge.tease(NOW - 30 * SECOND, "bart"));
    events.add(
        marge.signed(
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
    events.add(Citizen.unsigned(NOW - 60 * SECOND, checkpoint(bart, marge)));
    events.add(marge.chau(NOW - 10 * SECOND));
    node =
        TestNode.start(
            "lisa",
            events,
            config -> config.with(new NodeConfig.WebConfig(true, "127.0.0.1", port)),
            progressed -> {});
    node.report();
    node.node()
        .bus()
        .serve(
            PlazaRequest.ADDRESS,
            PlazaRequest.class,
            request ->
                request instanceof PlazaRequest.ListStatuses
                    ? Future.succeededFuture(
                        new PlazaRequest.Statuses("{}", Map.of("bart", STATUS, "zoë/x", HOSTILE)))
                    : Future.failedFuture(new UnavailableException("not in this test")));
  }

  private static Checkpoint checkpoint(Citizen bart, Citizen marge) {
    Checkpoint unsigned =
        new Checkpoint(
            2,
            "bart",
            bart.id(),
            "",
            new Checkpoint.AgreedValues(3, 100, 1_700_000_000),
            1_700_000_400,
            1,
            List.of(bart.id(), marge.id()),
            List.of("", ""));
    return new Checkpoint(
        2,
        "bart",
        bart.id(),
        "",
        unsigned.agreedValues(),
        1_700_000_400,
        1,
        unsigned.voterIds(),
        List.of(
            bart.identity().keys().signBase64(unsigned.attestation(bart.id()).getBytes()),
            marge.identity().keys().signBase64(unsigned.attestation(marge.id()).getBytes())));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void show() throws Exception {
    for (String path :
        List.of(
            "/api.json",
            "/narae.json",
            "/profile/bart.json",
            "/profile/lisa.json",
            "/status/bart.json",
            "/status/lisa.json",
            "/status/nobody.json",
            "/status/zo%C3%AB%2Fx.json",
            "/social/clout",
            "/social/recent",
            "/social/teases",
            "/world/journeys",
            "/coordinates",
            "/proximity",
            "/network/map",
            "/api/inspector/events?limit=2",
            "/api/inspector/checkpoints",
            "/api/inspector/checkpoint/bart",
            "/api/inspector/projections",
            "/api/inspector/projection/opinion/bart",
            "/api/inspector/projection/clout/bart",
            "/api/inspector/projection/online_status/bart",
            "/api/inspector/projection/x/bart",
            "/api/inspector/uptime/marge",
            "/api/inspector/uptime/bart",
            "/nothing")) {
      HttpResponse<String> response = get(path);
      System.out.println(
          path
              + " "
              + response.statusCode()
              + " "
              + response.headers().map()
              + "\n"
              + response.body());
    }
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
