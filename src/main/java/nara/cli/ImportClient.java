package nara.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nara.bounds.SafeText;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.identity.Identity;
import nara.mesh.client.BoundedWebClient;
import nara.mesh.client.Exchange;
import nara.mesh.server.EventImport;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.node.Blocking;

/**
 * Sends backups to a running node, ours or the reference's, as its owner: in batches, each signed
 * with the node's own key, by the wire contract.
 *
 * <p>Lines without an event are skipped; the node verifies the others.
 */
final class ImportClient {
  /** Events in one request, as in the reference's own tool. */
  static final int BATCH_SIZE = 2_000;

  /** A node verifies and merges a batch in seconds, on the smallest machines in a minute. */
  private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(2);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventReader reader = new EventReader();
  private final Identity owner;
  private final PeerAddress node;
  private final Terminal terminal;

  private long sent;
  private long imported;
  private long duplicates;
  private long warnings;
  private long skippedLines;

  /**
   * An import into one node.
   *
   * @param node the address of its mesh
   */
  ImportClient(Identity owner, PeerAddress node, Terminal terminal) {
    this.owner = owner;
    this.node = node;
    this.terminal = terminal;
  }

  /**
   * Sends all events of the files and returns the totals.
   *
   * @throws CommandFailure when the node cannot be reached or rejects a batch
   */
  Map<String, Object> send(List<Path> files) {
    Vertx vertx = Vertx.vertx();
    try {
      BoundedWebClient http = new BoundedWebClient(vertx, terminal.clock(), CONNECT_TIMEOUT, 1);
      files.forEach(file -> send(file, http));
    } finally {
      Blocking.await(vertx.close(), CONNECT_TIMEOUT);
    }
    return JsonOutput.object(
        "sent", sent,
        "imported", imported,
        "duplicate", duplicates,
        "warnings", warnings,
        "not_events", skippedLines);
  }

  /** The totals as a sentence. */
  String summary() {
    return "%,d events sent: %,d new, %,d held already or not kept%s"
        .formatted(
            sent,
            imported,
            duplicates,
            warnings == 0 ? "" : ", %,d not verified".formatted(warnings));
  }

  private void send(Path file, BoundedWebClient http) {
    try (EventFileReader events = EventFileReader.open(file)) {
      for (List<Line> lines = events.nextBatch(BATCH_SIZE);
          !lines.isEmpty();
          lines = events.nextBatch(BATCH_SIZE)) {
        List<byte[]> batch = new ArrayList<>(lines.size());
        for (Line line : lines) {
          fault(line)
              .ifPresentOrElse(
                  fault -> countSkipped(file, line, fault), () -> batch.add(line.bytes()));
        }
        if (!batch.isEmpty()) {
          send(batch, http);
        }
      }
    }
  }

  private Optional<String> fault(Line line) {
    return switch (line.read(reader)) {
      case ReadResult.Unreadable unreadable -> unreadable.validationError();
      case ReadResult.ParsedEvent event ->
          event
              .validationError()
              .or(
                  () ->
                      event.idMatches()
                          ? Optional.empty()
                          : Optional.of("its id does not match its content"));
    };
  }

  private void countSkipped(Path file, Line line, String fault) {
    if (skippedLines++ == 0) {
      terminal
          .err()
          .printf(
              "note: skipping lines without an event, first %s line %d: %s%n",
              file, line.number(), fault);
    }
  }

  private void send(List<byte[]> batch, BoundedWebClient http) {
    byte[] body = EventImport.write(owner, batch, terminal.clock().instant().getEpochSecond());
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(node.host())
            .setPort(node.port())
            .setURI(MeshPaths.IMPORT)
            .putHeader("Content-Type", MeshPaths.JSON);
    try {
      Exchange.RawResponse response =
          http.send(request, Buffer.buffer(body), MeshLimits.SMALL_RESPONSE_BYTES, RESPONSE_TIMEOUT)
              .future()
              .toCompletionStage()
              .toCompletableFuture()
              .get(RESPONSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      countResponse(batch.size(), response.status(), response.body());
    } catch (ExecutionException failure) {
      throw unreachable(failure.getCause().getMessage());
    } catch (TimeoutException late) {
      throw unreachable("it did not respond within " + RESPONSE_TIMEOUT.toSeconds() + " s");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted after " + sent + " events");
    }
  }

  private CommandFailure unreachable(String reason) {
    return new CommandFailure("the node at %s cannot be reached: %s".formatted(node, reason));
  }

  private void countResponse(int events, int status, byte[] body) {
    JsonNode response = parseJson(body);
    if (status != 200 || !response.path("success").asBoolean()) {
      String why = response.path("error").asText(new String(body, StandardCharsets.UTF_8).strip());
      throw new CommandFailure(
          "the node at %s rejects the import after %,d events: %d %s"
              .formatted(node, sent, status, SafeText.excerpt(why)));
    }
    sent += events;
    imported += response.path("imported").asLong();
    duplicates += response.path("duplicates").asLong();
    warnings += response.path("warnings").asLong();
  }

  private static JsonNode parseJson(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException notJson) {
      return JSON.missingNode();
    } catch (IOException impossible) {
      throw new IllegalStateException("reading from memory", impossible);
    }
  }
}
