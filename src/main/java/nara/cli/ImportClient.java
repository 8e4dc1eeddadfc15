package nara.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.identity.Identity;
import nara.mesh.server.EventImport;

/**
 * Gives backups to a node that runs, ours or the reference's, as its owner: signed with the node's
 * own key, some thousand events at a time, as the wire contract has it.
 *
 * <p>Lines that hold no event are told and left out; what the rest is worth the node judges.
 */
final class ImportClient {
  /** Events in one request: what the reference's own tool sends. */
  static final int BATCH_SIZE = 2_000;

  /** For a node to judge and merge as many: some seconds, on the smallest machines a minute. */
  private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(2);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventReader reader = new EventReader();
  private final Identity owner;
  private final URI endpoint;
  private final Terminal terminal;

  private long sent;
  private long imported;
  private long duplicates;
  private long warnings;
  private long skippedLines;

  /**
   * An import into one node.
   *
   * @param address {@code HOST:PORT} of its mesh
   */
  ImportClient(Identity owner, String address, Terminal terminal) {
    this.owner = owner;
    this.endpoint = URI.create("http://" + address + EventImport.PATH);
    this.terminal = terminal;
  }

  /**
   * Sends all events of the files, and tells what became of them.
   *
   * @throws CommandFailure when the node cannot be reached or refuses
   */
  Map<String, Object> send(List<Path> files) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
      for (Path file : files) {
        send(file, http);
      }
    }
    return JsonOutput.object(
        "sent", sent,
        "imported", imported,
        "duplicate", duplicates,
        "warnings", warnings,
        "not_events", skippedLines);
  }

  /** The same for people. */
  String summary() {
    return "%,d events sent: %,d new, %,d held already or not kept%s"
        .formatted(
            sent,
            imported,
            duplicates,
            warnings == 0 ? "" : ", %,d not verified".formatted(warnings));
  }

  private void send(Path file, HttpClient http) {
    try (EventFileReader events = EventFileReader.open(file)) {
      for (List<EventFileReader.Line> lines = events.nextBatch(BATCH_SIZE);
          !lines.isEmpty();
          lines = events.nextBatch(BATCH_SIZE)) {
        List<byte[]> batch = new ArrayList<>(lines.size());
        for (EventFileReader.Line line : lines) {
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

  private Optional<String> fault(EventFileReader.Line line) {
    return switch (line.read(reader)) {
      case ReadResult.Unreadable unreadable -> unreadable.validationError();
      case ReadResult.ParsedEvent parsedEvent ->
          parsedEvent
              .validationError()
              .or(
                  () ->
                      parsedEvent.idMatches()
                          ? Optional.empty()
                          : Optional.of("its id is another's"));
    };
  }

  private void countSkipped(Path file, EventFileReader.Line line, String fault) {
    if (skippedLines++ == 0) {
      terminal
          .err()
          .printf(
              "note: lines without an event are left out: %s, line %d: %s%n",
              file, line.number(), fault);
    }
  }

  private void send(List<byte[]> batch, HttpClient http) {
    byte[] body = EventImport.write(owner, batch, terminal.clock().instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(RESPONSE_TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
      countResponse(batch.size(), response.statusCode(), response.body());
    } catch (IOException trouble) {
      throw new CommandFailure(
          "the node at %s cannot be reached: %s"
              .formatted(endpoint.getAuthority(), reason(trouble)));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted after " + sent + " events");
    }
  }

  private static String reason(IOException trouble) {
    return switch (trouble) {
      case ConnectException nobody -> "nobody listens there";
      case HttpTimeoutException late ->
          "it did not answer within " + RESPONSE_TIMEOUT.toSeconds() + " s";
      default -> trouble.getMessage() == null ? "the connection was closed" : trouble.getMessage();
    };
  }

  private void countResponse(int events, int status, byte[] body) {
    JsonNode response = parseJson(body);
    if (status != 200 || !response.path("success").asBoolean()) {
      String why = response.path("error").asText(new String(body, StandardCharsets.UTF_8).strip());
      throw new CommandFailure(
          "the node at %s refuses the import after %,d events: %d %s"
              .formatted(endpoint.getAuthority(), sent, status, SafeText.excerpt(why)));
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
