package nara.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.mesh.wire.PeerAddress;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig.WebConfig;
import picocli.CommandLine.Option;

/** Options that name a running node's management port, and requests to it. */
final class ManagementClient implements AutoCloseable {
  /** A status of a node that knows thousands of neighbours has a part of this. */
  private static final int MAX_BYTES = 8 << 20;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:7434",
      description = "The node's management port; default: ${DEFAULT-VALUE}.")
  private String url;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The node's configuration, which has the port and the token; instead of --url.")
  private Path config;

  /** Null until the first request: every command creates this object. */
  private HttpClient http;

  /** A response: its HTTP status and its JSON. */
  record Response(int status, JsonObject json) {}

  /**
   * Sends a request without a body.
   *
   * @throws CommandFailure when no node answers with JSON
   */
  Response send(String method, String path, Terminal terminal) throws InterruptedException {
    String base = url;
    String token = "";
    if (config != null) {
      ConfigReader.ConfigResult read = ConfigLoader.read(config);
      WebConfig web = ConfigLoader.requireValid(config, read, terminal).web();
      base = "http://" + new PeerAddress(reachable(web.host()), web.port());
      token = web.token();
    }
    if (http == null) {
      http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    }
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(base + path))
              .timeout(TIMEOUT)
              .method(method, HttpRequest.BodyPublishers.noBody());
      if (!token.isEmpty()) {
        request.header("Authorization", "Bearer " + token);
      }
      HttpResponse<InputStream> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        String text = new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        return new Response(response.statusCode(), new JsonObject(text));
      }
    } catch (IOException failed) {
      throw new CommandFailure(
          "no node answers at %s; start it, or give its port with --url or --config"
              .formatted(Terminal.printable(base)));
    } catch (IllegalArgumentException malformed) {
      throw new CommandFailure("--url: expected http://HOST:PORT, got " + Terminal.printable(base));
    } catch (DecodeException noJson) {
      throw new CommandFailure(
          "the answer of %s is not JSON; is it the management port of a nara?"
              .formatted(Terminal.printable(base)));
    }
  }

  /** An address to connect to, where the configuration has one to listen on. */
  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "::1";
      default -> host;
    };
  }

  @Override
  public void close() {
    if (http != null) {
      http.close();
    }
  }
}
