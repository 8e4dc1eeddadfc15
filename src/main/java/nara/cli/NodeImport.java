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
import nara.event.Event;
import nara.event.EventReader;
import nara.event.Reading;
import nara.identity.Identity;
import nara.mesh.Import;

/**
 * Gives backups to a node that runs, ours or the reference's, as its owner: signed with the node's
 * own key, some thousand events at a time, as the wire contract has it.
 *
 * <p>Lines that hold no event are told and left out; what the rest is worth the node judges.
 */
final class NodeImport {
  /** Events in one request: what the reference's own tool sends. */
  static final int BATCH = 2_000;

  /** For a node to judge and merge as many: some seconds, on the smallest machines a minute. */
  private static final Duration ANSWER_TIME = Duration.ofMinutes(2);

  private static final Duration CONNECT_TIME = Duration.ofSeconds(10);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final EventReader reader = new EventReader();
  private final Identity owner;
  private final URI node;
  private final Terminal terminal;

  private long sent;
  private long imported;
  private long duplicates;
  private long warnings;
  private long notEvents;

  /**
   * An import into one node.
   *
   * @param address {@code HOST:PORT} of its mesh
   */
  NodeImport(Identity owner, String address, Terminal terminal) {
    this.owner = owner;
    this.node = URI.create("http://" + address + Import.PATH);
    this.terminal = terminal;
  }

  /**
   * Sends all events of the files, and tells what became of them.
   *
   * @throws Refusal when the node cannot be reached or refuses
   */
  Map<String, Object> send(List<Path> files) {
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIME).build()) {
      for (Path file : files) {
        send(file, http);
      }
    }
    return Json.object(
        "sent", sent,
        "imported", imported,
        "duplicate", duplicates,
        "warnings", warnings,
        "not_events", notEvents);
  }

  /** The same for people. */
  String text() {
    return "%,d events sent: %,d new, %,d held already or not kept%s"
        .formatted(
            sent,
            imported,
            duplicates,
            warnings == 0 ? "" : ", %,d not verified".formatted(warnings));
  }

  private void send(Path file, HttpClient http) {
    try (EventFile events = EventFile.open(file)) {
      for (List<EventFile.Line> lines = events.next(BATCH);
          !lines.isEmpty();
          lines = events.next(BATCH)) {
        List<byte[]> batch = new ArrayList<>(lines.size());
        for (EventFile.Line line : lines) {
          fault(line)
              .ifPresentOrElse(fault -> note(file, line, fault), () -> batch.add(line.bytes()));
        }
        if (!batch.isEmpty()) {
          send(batch, http);
        }
      }
    }
  }

  private Optional<String> fault(EventFile.Line line) {
    return switch (line.read(reader)) {
      case Reading.Unreadable unreadable -> unreadable.fault();
      case Reading.Read read ->
          read.fault()
              .or(() -> read.idMatches() ? Optional.empty() : Optional.of("its id is another's"));
    };
  }

  private void note(Path file, EventFile.Line line, String fault) {
    if (notEvents++ == 0) {
      terminal
          .err()
          .printf(
              "note: lines without an event are left out: %s, line %d: %s%n",
              file, line.number(), fault);
    }
  }

  private void send(List<byte[]> batch, HttpClient http) {
    byte[] body = Import.write(owner, batch, terminal.clock().instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(node)
            .timeout(ANSWER_TIME)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      count(batch.size(), answer.statusCode(), answer.body());
    } catch (IOException trouble) {
      throw new Refusal(
          "the node at %s cannot be reached: %s".formatted(node.getAuthority(), reason(trouble)));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Refusal("interrupted after " + sent + " events");
    }
  }

  private static String reason(IOException trouble) {
    return switch (trouble) {
      case ConnectException nobody -> "nobody listens there";
      case HttpTimeoutException late ->
          "it did not answer within " + ANSWER_TIME.toSeconds() + " s";
      default -> trouble.getMessage() == null ? "the connection was closed" : trouble.getMessage();
    };
  }

  private void count(int events, int status, byte[] body) {
    JsonNode answer = json(body);
    if (status != 200 || !answer.path("success").asBoolean()) {
      String why = answer.path("error").asText(new String(body, StandardCharsets.UTF_8).strip());
      throw new Refusal(
          "the node at %s refuses the import after %,d events: %d %s"
              .formatted(node.getAuthority(), sent, status, Event.excerpt(why)));
    }
    sent += events;
    imported += answer.path("imported").asLong();
    duplicates += answer.path("duplicates").asLong();
    warnings += answer.path("warnings").asLong();
  }

  private static JsonNode json(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException notJson) {
      return JSON.missingNode();
    } catch (IOException impossible) {
      throw new IllegalStateException("reading from memory", impossible);
    }
  }
}
