package nara.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.cli.Main;
import nara.event.Event;
import nara.identity.Identity;
import nara.mesh.wire.RawPeer;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.Zine;
import nara.testing.Citizen;
import nara.testing.FreePorts;
import nara.testing.TestNode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node with 192 MB of heap, and a neighbour that offers 3,000 large events. */
class FatEventsIT {
  private static final Citizen EVE = Citizen.named("eve");
  private static final int FAT_EVENTS = 3_000;

  private final long now = Instant.now().getEpochSecond();

  @TempDir private Path folder;

  /** Events of 60 KB are malformed; those of 15 KB are valid. */
  @ParameterizedTest
  @ValueSource(ints = {60_000, 15_000})
  void node_stays_up_and_holds_the_honest_history(int fatBytes) throws Exception {
    List<byte[]> history = history();
    List<Event> fat = fatEvents(fatBytes);
    try (TestNode bart = TestNode.holding("bart", history);
        RawPeer eve = new RawPeer((request, out) -> answer(request, out, fat))) {
      int port = FreePorts.next();
      Process child = start(port, bart.configuredPeer(), "eve@" + eve.address());
      try {
        awaitRecovery(child);
        int perZine = 6_000_000 / fatBytes;
        for (int from = 0; from < fat.size(); from += perZine) {
          sendZine(port, fat.subList(from, Math.min(fat.size(), from + perZine)));
        }

        assertThat(child.isAlive()).isTrue();
        try (TestNode reader =
            TestNode.start(
                "reader",
                List.of(),
                TestNode.withPeers("lisa@127.0.0.1:" + port),
                progressed -> {})) {
          reader.report();
          assertThat(reader.heldEvents())
              .containsAll(history.stream().map(event -> new String(event, UTF_8)).toList());
        }
        assertThat(child.isAlive()).isTrue();
      } finally {
        child.destroyForcibly();
      }
    }
  }

  private List<byte[]> history() {
    List<byte[]> history = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Citizen citizen = Citizen.named("honest-" + i);
      history.add(citizen.heyThere((now - 5_000) * 1_000_000_000L + i, ""));
      for (int k = 0; k < 100; k++) {
        history.add(citizen.tease((now - 4_000 + k) * 1_000_000_000L + i, "bart"));
      }
    }
    return history;
  }

  /** Valid events of eve, padded by a field that no node knows and no signature covers. */
  private List<Event> fatEvents(int bytes) {
    String padding = ",\"x\":\"" + "y".repeat(bytes - 400) + "\"}";
    List<Event> events = new ArrayList<>();
    events.add(Citizen.read(EVE.heyThere((now - 200) * 1_000_000_000L, "")).event());
    for (int i = 0; i < FAT_EVENTS; i++) {
      Event event = Citizen.read(EVE.tease((now - 100) * 1_000_000_000L + i, "lisa")).event();
      String json = new String(event.json(), UTF_8);
      byte[] fat = (json.substring(0, json.length() - 1) + padding).getBytes(UTF_8);
      events.add(
          new Event(
              fat,
              event.id(),
              event.ts(),
              event.emitter(),
              event.emitterId(),
              event.payload(),
              -1,
              0,
              true));
    }
    return events;
  }

  private static void answer(RawPeer.Request request, OutputStream out, List<Event> events)
      throws IOException {
    Identity eve = EVE.identity();
    if (request.line().startsWith("GET /ping")) {
      RawPeer.pong(out, eve);
    } else if (request.line().startsWith("POST /events/sync")) {
      String body = request.body();
      long after = Math.max(number(body, "cursor"), number(body, "since_time"));
      long limit = Math.max(number(body, "page_size"), number(body, "max_events"));
      List<Event> page =
          events.stream().filter(event -> event.ts() > after).limit(Math.max(1, limit)).toList();
      Optional<Long> next =
          page.size() < limit ? Optional.empty() : Optional.of(page.getLast().ts());
      RawPeer.answer(out, eve, RawPeer.body(eve, page, next));
    } else {
      RawPeer.text(out, 404, "not here");
    }
  }

  private static long number(String body, String field) {
    Matcher matcher = Pattern.compile("\"" + field + "\":\"?(-?\\d+)").matcher(body);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : Long.MIN_VALUE;
  }

  private Process start(int port, String... peers) throws IOException {
    Path config = folder.resolve("node.json");
    Files.writeString(
        config,
        """
        {"identity": {"name": "lisa", "soul": "%s"},
         "mesh": {"host": "127.0.0.1", "port": %d},
         "plaza": {"url": ""},
         "web": {"enabled": false},
         "memory": {"mode": "short"},
         "recovery": {"first_wait": "0s"},
         "discovery": {"peers": ["%s"]}}
        """
            .formatted(
                Citizen.named("lisa").identity().soul().encoded(),
                port,
                String.join("\", \"", peers)));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "-Dvertx.disableDnsResolver=true",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            "--config",
            config.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("node.log").toFile())
        .start();
  }

  private void awaitRecovery(Process child) throws Exception {
    Path log = folder.resolve("node.log");
    for (int i = 0; i < 600; i++) {
      if (Files.exists(log) && Files.readString(log).contains("Finished the recovery")) {
        return;
      }
      if (!child.isAlive()) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("no recovery:\n" + Files.readString(log));
  }

  private void sendZine(int port, List<Event> events) throws Exception {
    byte[] zine = Zine.write(EVE.identity(), events, Instant.now().getEpochSecond());
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RequestSignature.sign(EVE.identity(), Instant.now(), "POST", "/gossip/zine").addTo(headers);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/gossip/zine"))
            .POST(BodyPublishers.ofByteArray(zine));
    headers.forEach(request::header);
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(request.build(), BodyHandlers.discarding());
    }
  }
}
