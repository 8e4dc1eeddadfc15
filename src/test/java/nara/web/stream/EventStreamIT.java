package nara.web.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import nara.bus.Bus;
import nara.bus.Done;
import nara.event.Event;
import nara.ledger.InspectionRequest;
import nara.ledger.InspectionRequest.WatchAdditions;
import nara.ledger.LedgerNotification;
import nara.node.Blocking;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.web.http.CrossOrigin;
import nara.web.http.ReadRoutes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class EventStreamIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Citizen BART = Citizen.named("bart");

  private final List<Boolean> watched = new CopyOnWriteArrayList<>();
  private Bus bus;
  private int port;

  @Test
  void client_gets_connected_first_and_then_each_event(Vertx vertx) throws Exception {
    start(vertx, 1_000);
    assertThat(watched).as("nobody listens, so the ledger tells nothing").isEmpty();

    try (Client client = new Client("")) {
      assertThat(client.head).contains("content-type: text/event-stream; charset=utf-8");
      assertThat(client.next())
          .isEqualTo(Map.of("event", "connected", "data", "{\"server\":\"lisa\"}"));
      assertThat(watched).containsExactly(true);
      Event tease = tease(5, "<lisa>\n\u202e");
      add(tease);

      Map<String, String> frame = client.next();

      assertThat(frame.get("event")).isEqualTo("social");
      assertThat(frame.get("id")).isEqualTo("z-1");
      assertThat(frame.get("data")).doesNotContain("\u202e");
      JsonObject data = new JsonObject(frame.get("data"));
      assertThat(data.fieldNames())
          .containsExactly("detail", "emitter", "icon", "id", "service", "text", "timestamp");
      assertThat(data.getString("id")).isEqualTo(tease.id().toString());
      assertThat(data.getString("emitter")).isEqualTo("bart");
      assertThat(data.getLong("timestamp")).isEqualTo(5);
    }
  }

  @Test
  void client_that_comes_back_gets_what_it_missed(Vertx vertx) throws Exception {
    start(vertx, 100_000);
    try (Client client = new Client("")) {
      client.next();
      add(tease(1, "a"), tease(2, "a"), tease(3, "a"));
      assertThat(client.next().get("id")).isEqualTo("z-1");
    }

    try (Client again = new Client("z-1")) {
      again.next();
      assertThat(again.next().get("id")).isEqualTo("z-2");
      assertThat(again.next().get("id")).isEqualTo("z-3");
    }
    try (Client other = new Client("before-17")) {
      other.next();
      Map<String, String> skipped = other.next();
      assertThat(skipped.get("event")).isEqualTo("skipped");
      assertThat(skipped.get("data")).isEqualTo("{\"count\":null,\"reason\":\"restart\"}");
      assertThat(skipped.get("id")).isEqualTo("z-3");
    }
    // More than the kept bytes.
    for (int i = 0; i < 10; i++) {
      add(teases(100 + i * 200, 200));
    }
    try (Client late = new Client("z-1")) {
      late.next();
      JsonObject skipped = new JsonObject(late.next().get("data"));
      assertThat(skipped.getString("reason")).isEqualTo("gone");
      String first = late.next().get("id");
      assertThat(skipped.getLong("count"))
          .isEqualTo(Long.parseLong(first.substring("z-".length())) - 2);
    }
  }

  @Test
  void flood_is_told_by_its_number(Vertx vertx) throws Exception {
    start(vertx, 50);
    try (Client client = new Client("")) {
      client.next();
      add(teases(1, 5_000));
      int shown = 0;
      Map<String, String> frame = client.next();
      while (frame.get("event").equals("social")) {
        shown++;
        frame = client.next();
      }

      assertThat(frame.get("event")).isEqualTo("skipped");
      assertThat(new JsonObject(frame.get("data")).getLong("count")).isEqualTo(5_000 - shown);
      assertThat(shown).isEqualTo(50);
    }
  }

  @Test
  void slow_client_is_cut_and_others_go_on(Vertx vertx) throws Exception {
    start(vertx, 1_000_000);
    try (Socket slow = new Socket();
        Client quick = new Client("")) {
      slow.setReceiveBufferSize(4_096);
      slow.connect(new InetSocketAddress("127.0.0.1", port));
      slow.getOutputStream()
          .write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      // It reads until it is a client, and then no more.
      slow.getInputStream().readNBytes(100);
      quick.next();
      int read = 0;
      for (int batch = 0; batch < 60; batch++) {
        add(teases(1 + batch * 1_000, 1_000));
        for (int i = 0; i < 1_000; i++) {
          assertThat(quick.next().get("event")).isEqualTo("social");
          read++;
        }
      }

      assertThat(read).isEqualTo(60_000);
      slow.setSoTimeout((int) TIMEOUT.toMillis());
      long bytes = 0;
      byte[] chunk = new byte[65_536];
      try {
        int got = slow.getInputStream().read(chunk);
        while (got >= 0) {
          bytes += got;
          got = slow.getInputStream().read(chunk);
        }
      } catch (IOException reset) {
        // Also an end.
      }
      assertThat(bytes).as("less than all 20 MB").isLessThan(15 << 20);
    }
  }

  @Test
  void a_client_gets_a_place_although_sleepers_hold_all(Vertx vertx) throws Exception {
    start(vertx, 1_000);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < StreamLimits.MAX_CLIENTS; i++) {
      clients.add(new Client(""));
    }
    try (Client further = new Client("")) {
      assertThat(further.head).startsWith("http/1.0 200");
    }
    for (Client client : clients) {
      client.close();
    }
    FakeBus.until(
        () -> {
          try (Client again = new Client("")) {
            return again.head;
          } catch (IOException closed) {
            return closed.toString();
          }
        },
        head -> head.startsWith("http/1.0 200"));
  }

  @Test
  void ledger_that_starts_later_is_asked_again(Vertx vertx) throws Exception {
    bus = Bus.of(vertx);
    serve(vertx, 1_000);
    try (Client client = new Client("")) {
      client.next();
      serveLedger();
      FakeBus.until(() -> watched, asked -> asked.contains(true));
    }
  }

  private void start(Vertx vertx, int maxEventsPerSecond) {
    bus = Bus.of(vertx);
    serveLedger();
    serve(vertx, maxEventsPerSecond);
  }

  private void serveLedger() {
    bus.serve(
        InspectionRequest.ADDRESS,
        WatchAdditions.class,
        watch -> {
          watched.add(watch.watched());
          return Future.succeededFuture(Done.DONE);
        });
  }

  private void serve(Vertx vertx, int maxEventsPerSecond) {
    port =
        Blocking.await(
            Future.future(
                listening ->
                    vertx.runOnContext(
                        none -> {
                          Router router = Router.router(vertx);
                          new EventStream(vertx, "lisa", 35, maxEventsPerSecond)
                              .addTo(new ReadRoutes(router, new CrossOrigin(List.of())));
                          vertx
                              .createHttpServer()
                              .requestHandler(router)
                              .listen(0, "127.0.0.1")
                              .map(server -> server.actualPort())
                              .onComplete(listening);
                        })),
            TIMEOUT);
  }

  private void add(Event... events) {
    bus.publish(LedgerNotification.ADDRESS, new LedgerNotification.EventsAdded(List.of(events)));
  }

  private static Event tease(long ts, String target) {
    return Citizen.read(BART.tease(ts, target)).event();
  }

  private static Event[] teases(long firstTs, int count) {
    Event tease = tease(firstTs, "lisa");
    Event[] events = new Event[count];
    Arrays.fill(events, tease);
    return events;
  }

  /** Reads the stream frame by frame. */
  private final class Client implements Closeable {
    private final Socket socket;
    private final BufferedReader reader;
    private final String head;

    Client(String lastEventId) throws IOException {
      socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      String header = lastEventId.isEmpty() ? "" : "Last-Event-ID: " + lastEventId + "\r\n";
      // HTTP/1.0: without chunks.
      socket
          .getOutputStream()
          .write(
              ("GET /events HTTP/1.0\r\nHost: x\r\n" + header + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      StringBuilder lines = new StringBuilder();
      String line = reader.readLine();
      while (line != null && !line.isEmpty()) {
        lines.append(line.toLowerCase(Locale.ROOT)).append('\n');
        line = reader.readLine();
      }
      head = lines.toString();
    }

    /** The fields of the next frame, without the time to wait for a reconnect. */
    Map<String, String> next() throws IOException {
      Map<String, String> fields = new LinkedHashMap<>();
      String line = reader.readLine();
      while (line != null && (!line.isEmpty() || fields.isEmpty())) {
        int colon = line.indexOf(": ");
        if (colon > 0) {
          fields.put(line.substring(0, colon), line.substring(colon + 2));
        }
        line = reader.readLine();
      }
      fields.remove("retry");
      return fields;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
