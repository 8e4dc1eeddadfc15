package nara.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import nara.bounds.SafeText;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.mesh.client.BoundedWebClient;
import nara.mesh.client.Exchange;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.node.Blocking;
import nara.node.Platform;

/** A client for the journeys of a running node. Failures are {@link CommandFailure}. */
final class JourneyClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A node may have to try many naras before one takes a journey. */
  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Between two looks at a journey: a person does not notice it. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** A journey with the most hops, each character escaped. */
  private static final int MAX_RESPONSE_BYTES = 4 << 20;

  private final Vertx vertx = Vertx.vertx(Platform.vertxOptions());
  private final BoundedWebClient http;
  private final PeerAddress address;

  JourneyClient(PeerAddress address, Terminal terminal) {
    this.address = address;
    this.http = new BoundedWebClient(vertx, terminal.clock(), TIMEOUT, 1);
  }

  /** A response as text. */
  record TextResponse(int status, String text) {
    String printableText() {
      return SafeText.excerpt(text.strip(), 300);
    }

    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException notJson) {
        throw new CommandFailure("the node sends no JSON: " + printableText());
      }
    }
  }

  PeerAddress address() {
    return address;
  }

  /** Asks the node to start a journey. */
  TextResponse startJourney(String message) {
    String body = JSON.createObjectNode().put("message", message).toString();
    return send(HttpMethod.POST, "/world/start", body, START_TIMEOUT);
  }

  /** One own journey of the node; without fields when the node does not know it. */
  JsonNode journey(String id) {
    String uri = "/world/journeys?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    return send(HttpMethod.GET, uri, "", TIMEOUT).json().path("journeys").path(0);
  }

  /** Waits for a moment. */
  void pause() {
    Blocking.await(vertx.timer(PAUSE.toMillis(), TimeUnit.MILLISECONDS), TIMEOUT);
  }

  private TextResponse send(HttpMethod method, String uri, String body, Duration timeout) {
    RequestOptions request = new RequestOptions().setMethod(method).setURI(uri);
    request.setHost(PeerAddress.urlHost(address.host())).setPort(address.port());
    request.putHeader("Content-Type", MeshPaths.JSON);
    Exchange.RawResponse response =
        Blocking.await(
            http.send(request, Buffer.buffer(body), MAX_RESPONSE_BYTES, timeout)
                .future()
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(unreachable(failure.getMessage()))),
            // The timeout above comes first and has the better message.
            timeout.plus(TIMEOUT));
    return new TextResponse(response.status(), new String(response.body(), StandardCharsets.UTF_8));
  }

  private CommandFailure unreachable(String reason) {
    return new CommandFailure(
        "no node answers at %s (%s); start it, or name its management port with --config or --at"
            .formatted(address, reason));
  }

  @Override
  public void close() {
    Blocking.await(vertx.close(), TIMEOUT);
  }
}
