package nara.status;

import static nara.testing.FakeBus.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import nara.cli.output.CommandLineRun;
import nara.demo.Corpus;
import nara.mesh.wire.MeshPaths;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.testing.FaultyPeer;
import nara.testing.FreePorts;
import nara.testing.Poll;
import nara.testing.TestFacts;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** In the middle of a recovery all views of a node tell the same numbers. */
class SameNumbersIT {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Lets a number of requests pass; the others wait. */
  private static final class Gate {
    private final Queue<Promise<Void>> waiting = new ArrayDeque<>();
    private int open;

    Gate(int open) {
      this.open = open;
    }

    synchronized Future<Void> pass() {
      if (open > 0) {
        open--;
        return Future.succeededFuture();
      }
      Promise<Void> turn = Promise.promise();
      waiting.add(turn);
      return turn.future();
    }

    synchronized int waiting() {
      return waiting.size();
    }

    void admitOne() {
      Promise<Void> next;
      synchronized (this) {
        next = waiting.remove();
      }
      next.complete();
    }

    void admitAll() {
      synchronized (this) {
        open = Integer.MAX_VALUE;
      }
      while (waiting() > 0) {
        admitOne();
      }
    }
  }

  @Test
  void status_metrics_terminal_and_log_tell_the_same_numbers_in_a_recovery() throws Exception {
    int port = FreePorts.next();
    Gate gate = new Gate(4);
    List<byte[]> events = Corpus.generate(4_000, 20, 7, Instant.now().minusSeconds(60)).events();
    try (TestNode elder = TestNode.holding("elder", events);
        FaultyPeer slow =
            FaultyPeer.proxying(elder.address())
                .without(MeshPaths.RECONCILE)
                .admittedBy(gate::pass);
        TestNode node =
            TestNode.start(
                "fresh",
                List.of(),
                config ->
                    TestNode.withPeers("elder@" + slow.address())
                        .apply(config)
                        .with(new NodeConfig.WebConfig(true, "127.0.0.1", port)),
                progressed -> {})) {
      until(gate::waiting, waiting -> waiting > 0);
      // It begins before the last progress, as the reader of the log does.
      NodeStatusReader reader = new NodeStatusReader(node.node().bus(), TestFacts.plain());
      gate.admitOne();
      until(gate::waiting, waiting -> waiting > 0);
      until(
          () -> StatusLine.of(Blocking.await(reader.read(), TIMEOUT), Optional.empty(), 0),
          line -> !line.contains("to_come=unknown"));
      JsonObject status = settledStatus(port);

      JsonObject recovery = status.getJsonObject("recovery");
      String stage = recovery.getString("stage");
      int received = recovery.getInteger("received");
      int merged = recovery.getInteger("merged");
      long toCome = recovery.getLong("remaining_events");
      int ledger = status.getJsonObject("ledger").getInteger("events");
      assertThat(received).isBetween(1, 3_999);
      assertThat(toCome).isPositive();

      assertThat(get(port, "/metrics").lines())
          .contains(
              "nara_recovery_stage{stage=\"%s\"} 1.0".formatted(stage),
              "nara_recovery_received_events_total " + (double) received,
              "nara_recovery_events_total{result=\"merged\"} " + (double) merged,
              "nara_recovery_remaining_events " + (double) toCome,
              "nara_recovery_calls{state=\"completed\"} "
                  + (double) recovery.getInteger("calls_completed"),
              "nara_recovery_calls{state=\"planned\"} "
                  + (double) recovery.getInteger("calls_planned"),
              "nara_peers{state=\"online\"} " + (double) status.getInteger("neighbours_online"));

      String terminal = CommandLineRun.of("status", "--at", "127.0.0.1:" + port).out();
      // Long lines are folded.
      assertThat(terminal.replaceAll("\n +", " "))
          .contains(
              "recovery    %s, %,d of %,d requests, at least %,d events to come"
                  .formatted(
                      stage,
                      recovery.getInteger("calls_completed"),
                      recovery.getInteger("calls_planned"),
                      toCome))
          .contains("%,d events received, %,d new".formatted(received, merged))
          .contains("neighbours  %d of ".formatted(status.getInteger("neighbours_online")))
          .contains("ledger      %,d of ".formatted(ledger));

      NodeStatus logged = Blocking.await(reader.read(), Duration.ofSeconds(10));
      assertThat(StatusLine.of(logged, Optional.empty(), 0))
          .startsWith(
              "stage=\"%s\" received=%d to_come=%d neighbours_online=%d ledger_events=%d "
                  .formatted(
                      stage, received, toCome, status.getInteger("neighbours_online"), ledger));

      gate.admitAll();
      assertThat(node.report().outcome()).isEqualTo("complete");
    }
  }

  /** The status when nothing moves any more but time. */
  private static JsonObject settledStatus(int port) {
    Poll.untilSteady(TIMEOUT, Duration.ofMillis(300), () -> numbers(status(port)));
    return Poll.until(
        TIMEOUT,
        () -> status(port),
        settled -> settled.getJsonObject("recovery").getInteger("received", 0) > 0);
  }

  private static JsonObject status(int port) {
    return new JsonObject(get(port, "/status"));
  }

  private static JsonObject numbers(JsonObject status) {
    JsonObject recovery = status.getJsonObject("recovery", new JsonObject()).copy();
    recovery.remove("duration_ms");
    return recovery.put("ledger", status.getJsonObject("ledger", new JsonObject()));
  }

  private static String get(int port, String path) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }
}
