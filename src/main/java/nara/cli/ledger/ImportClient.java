package nara.cli.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.bounds.SafeText;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.output.Counted;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.identity.Identity;
import nara.mesh.SocksProxy;
import nara.mesh.client.BoundedWebClient;
import nara.mesh.client.Exchange;
import nara.mesh.server.EventImport;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.node.Blocking;
import nara.node.Platform;

/**
 * Imports files of events into a running node, ours or the reference's, as its owner. It sends
 * batches by the wire contract, each signed with the node's own key.
 *
 * <p>It skips lines without an event. The node verifies the others.
 */
final class ImportClient {
  /** Events in one request; the reference's own tool sends the same number. */
  private static final int BATCH_SIZE = 2_000;

  /** A node verifies and merges a batch in seconds, a very small machine in a minute. */
  private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(2);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The node that takes the import.
   *
   * @param text as the user wrote it
   * @param tls whether a server with a certificate stands before the node
   */
  record Target(String text, boolean tls, PeerAddress address) {
    private static final Pattern URL = Pattern.compile("(https?)://([^/?#@]+)/?");
    private static final Pattern PORT = Pattern.compile(".*:[0-9]+");

    /** Reads {@code HOST[:PORT]}, {@code http://HOST[:PORT]} or {@code https://HOST[:PORT]}. */
    static Optional<Target> parse(String text) {
      Matcher url = URL.matcher(text);
      if (!url.matches()) {
        return PeerAddress.parse(text).map(address -> new Target(text, false, address));
      }
      boolean tls = url.group(1).equals("https");
      String host = url.group(2);
      boolean hasPort = PORT.matcher(host.replaceFirst("^\\[.*]", "")).matches();
      return PeerAddress.parse(hasPort ? host : host + (tls ? ":443" : ":80"))
          .map(address -> new Target(text, tls, address));
    }
  }

  private final EventReader reader = new EventReader();
  private final Identity owner;
  private final Target node;
  private final Optional<SocksProxy> proxy;
  private final Optional<Path> authority;
  private final Terminal terminal;

  private long sent;
  private long imported;
  private long duplicates;
  private long warnings;
  private long skippedLines;

  /**
   * Creates a client.
   *
   * @param proxy carries the requests to a node on another machine
   * @param authority a PEM file that the node's certificate is verified against; empty: the
   *     authorities that the JVM trusts
   */
  ImportClient(
      Identity owner,
      Target node,
      Optional<SocksProxy> proxy,
      Optional<Path> authority,
      Terminal terminal) {
    this.owner = owner;
    this.node = node;
    this.proxy = proxy;
    this.authority = authority;
    this.terminal = terminal;
  }

  /**
   * Sends the events of all files and returns the totals.
   *
   * @throws CommandFailure when the node cannot be reached or rejects a batch
   */
  Map<String, Object> send(List<Path> files) {
    Vertx vertx = Vertx.vertx(Platform.vertxOptions());
    try {
      BoundedWebClient http =
          new BoundedWebClient(vertx, terminal.clock(), CONNECT_TIMEOUT, 1, proxy, authority);
      files.forEach(file -> send(file, http));
    } finally {
      Blocking.close(vertx);
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
    return "%s sent: %,d new, %,d already held or not kept%s"
        .formatted(
            Counted.of(sent, "event"),
            imported,
            duplicates,
            warnings == 0
                ? ""
                : (", %,d not verified: the node lets those of unknown naras wait for their key,"
                        + " and refuses the others")
                    .formatted(warnings));
  }

  private void send(Path file, BoundedWebClient http) {
    long sentBefore = sent;
    long skippedBefore = skippedLines;
    EventFileReader.forEachBatchKeysFirst(
            file,
            BATCH_SIZE,
            lines -> {
              List<byte[]> batch = new ArrayList<>(lines.size());
              for (Line line : lines) {
                fault(line.read(reader))
                    .ifPresentOrElse(
                        fault -> skip(file, line, fault), () -> batch.add(line.bytes()));
              }
              if (!batch.isEmpty()) {
                send(batch, http);
              }
              return true;
            })
        .ifPresent(problem -> terminal.message("note: %s", problem));
    if (sent == sentBefore && skippedLines > skippedBefore) {
      throw new CommandFailure(file + " holds no event");
    }
  }

  private static Optional<String> fault(ReadResult result) {
    Optional<String> error = result.validationError();
    return error.isEmpty() && result instanceof ReadResult.ParsedEvent event && !event.idMatches()
        ? Optional.of("its id does not match its content")
        : error;
  }

  private void skip(Path file, Line line, String fault) {
    if (skippedLines++ == 0) {
      terminal.message(
          "note: skipping lines without a valid event; the first is line %d of %s: %s",
          line.number(), file, fault);
    }
  }

  private void send(List<byte[]> batch, BoundedWebClient http) {
    byte[] body = EventImport.write(owner, batch, terminal.clock().instant().getEpochSecond());
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setURI(MeshPaths.IMPORT)
            .putHeader("Content-Type", MeshPaths.JSON);
    request.setSsl(node.tls());
    Exchange.RawResponse response =
        Blocking.await(
            http.send(
                    node.address(),
                    request,
                    Buffer.buffer(body),
                    MeshLimits.SMALL_RESPONSE_BYTES,
                    RESPONSE_TIMEOUT)
                .future()
                .timeout(RESPONSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .recover(failure -> Future.failedFuture(unreachable(failure.getMessage()))),
            // The timeout above comes first and has the better message.
            RESPONSE_TIMEOUT.plus(CONNECT_TIMEOUT));
    countResponse(batch.size(), response.status(), response.body());
  }

  private CommandFailure unreachable(String reason) {
    return new CommandFailure(
        "the node at %s cannot be reached: %s".formatted(node.text(), reason));
  }

  private void countResponse(int events, int status, byte[] body) {
    JsonNode response = parseJson(body);
    if (status != 200 || !response.path("success").asBoolean()) {
      String text = new String(body, StandardCharsets.UTF_8).strip();
      if (MeshPaths.isOfManagementPort(text)) {
        throw new CommandFailure(
            "%s is the management port of a nara; the mesh is on another port"
                .formatted(node.text()));
      }
      String why = response.path("error").asText(text);
      throw new CommandFailure(
          "the node at %s rejects the import after %,d events: %d %s%s"
              .formatted(
                  node.text(),
                  sent,
                  status,
                  SafeText.excerpt(why),
                  status == 401 || status == 403
                      ? "; give the configuration of that node with --config"
                      : ""));
    }
    sent += events;
    imported += response.path("imported").asLong();
    duplicates += response.path("duplicates").asLong();
    warnings += response.path("warnings").asLong();
  }

  private static JsonNode parseJson(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException notJson) {
      return JSON.missingNode();
    }
  }
}
