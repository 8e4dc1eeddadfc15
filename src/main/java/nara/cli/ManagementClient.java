package nara.cli;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import nara.bounds.SafeText;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig.WebConfig;
import picocli.CommandLine.Option;

/**
 * The options that name a running node's management port, and requests to it. Failures are {@link
 * CommandFailure}.
 */
final class ManagementClient implements AutoCloseable {
  /** A status of a node that knows thousands of neighbours has a part of this. */
  private static final int MAX_BYTES = 8 << 20;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** The default of {@code web.port}. */
  private static final int DEFAULT_PORT = PeerAddress.DEFAULT_PORT + 1;

  /** The answer of a mesh port, ours or the reference's. */
  private static final String NO_PAGE = "404 page not found";

  /** An IPv6 address without brackets has colons, but no port. */
  private static final Pattern HAS_PORT = Pattern.compile("[^\\[\\]]*:.*|\\[.*]:.*");

  @Option(
      names = "--at",
      paramLabel = "HOST:PORT",
      description = "The management port of the running node (default: 127.0.0.1:7434).")
  private String at;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The node's configuration, which has the port and the token; instead of --at.")
  private Path config;

  /** Null until the first request: every command creates this object. */
  private HttpClient http;

  /** A response: its HTTP status, its body, and who gave it. */
  record Response(int status, byte[] body, PeerAddress from) {
    String text() {
      return new String(body, StandardCharsets.UTF_8).strip();
    }

    /** The text for a message: a part of it, without control characters. */
    String excerpt() {
      return SafeText.excerpt(text(), 300);
    }

    /**
     * The body as a JSON object with a certain member. Other servers have such paths, too.
     *
     * @throws CommandFailure when it is none
     */
    JsonObject json(String member, Class<?> type) {
      try {
        JsonObject json = new JsonObject(text());
        if (type.isInstance(json.getValue(member))) {
          return json;
        }
      } catch (DecodeException notJson) {
        // The same holds as for other JSON.
      }
      throw notManagement(from);
    }

    /** The failure of a command that cannot use this response. */
    CommandFailure unexpected(String what) {
      return new CommandFailure(
          "%s: %s answers with HTTP status %d: %s".formatted(what, from, status, excerpt()));
    }
  }

  /** Sends a request without a body. */
  Response send(String method, String path, Terminal terminal) throws InterruptedException {
    return send(method, path, new byte[0], TIMEOUT, terminal);
  }

  /**
   * Sends a request.
   *
   * @param timeout for the whole response
   */
  Response send(String method, String path, byte[] body, Duration timeout, Terminal terminal)
      throws InterruptedException {
    WebConfig web = web(terminal);
    PeerAddress address = address(web);
    if (http == null) {
      http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .timeout(timeout)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (!web.token().isEmpty()) {
      request.header("Authorization", "Bearer " + web.token());
    }
    Response response = receive(request.build(), timeout, address);
    if (response.status() == 404 && response.text().startsWith(NO_PAGE)) {
      throw notManagement(address);
    }
    if (response.status() == 403 && response.text().contains("Authorization")) {
      throw new CommandFailure(
          config == null
              ? "the node at %s wants its token; give its configuration with --config"
                  .formatted(address)
              : "the node at %s has another web.token than %s".formatted(address, config));
    }
    return response;
  }

  private Response receive(HttpRequest request, Duration timeout, PeerAddress address)
      throws InterruptedException {
    // The client's own timeout ends with the headers of the response.
    Executor atTimeout = CompletableFuture.delayedExecutor(timeout.toMillis(), MILLISECONDS);
    AtomicBoolean late = new AtomicBoolean();
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream received = response.body()) {
        atTimeout.execute(
            () -> {
              late.set(true);
              closeQuietly(received);
            });
        byte[] body = received.readNBytes(MAX_BYTES);
        if (!late.get()) {
          return new Response(response.statusCode(), body, address);
        }
      }
      throw noResponse(address, timeout);
    } catch (HttpConnectTimeoutException filtered) {
      throw noNode(address);
    } catch (HttpTimeoutException silent) {
      throw noResponse(address, timeout);
    } catch (ProtocolException otherServer) {
      throw notManagement(address);
    } catch (IOException failed) {
      if (late.get()) {
        throw noResponse(address, timeout);
      }
      throw isUnresolved(failed) ? noHost(address) : noNode(address);
    }
  }

  private static boolean isUnresolved(Throwable failure) {
    return failure instanceof UnresolvedAddressException
        || failure.getCause() != null && isUnresolved(failure.getCause());
  }

  private static void closeQuietly(InputStream received) {
    try {
      received.close();
    } catch (IOException closing) {
      // The reader of the stream sees the end.
    }
  }

  private static CommandFailure noHost(PeerAddress address) {
    return new CommandFailure(
        "the host name %s cannot be looked up; give the node's management port with --at or --config"
            .formatted(address.host()));
  }

  private static CommandFailure noNode(PeerAddress address) {
    return new CommandFailure(
        "no node answers at %s; start it, or give its management port with --at or --config"
            .formatted(address));
  }

  private static CommandFailure noResponse(PeerAddress address, Duration timeout) {
    return new CommandFailure(
        "%s accepts connections, but has not answered within %d s; is it the management port of a nara?"
            .formatted(address, timeout.toSeconds()));
  }

  private static CommandFailure notManagement(PeerAddress address) {
    return new CommandFailure(
        "%s answers, but it is not the management port of a nara; give that one (web.port)"
            .formatted(address));
  }

  private WebConfig web(Terminal terminal) {
    if (config == null) {
      return ConfigReader.defaults().web();
    }
    if (at != null) {
      throw new CommandFailure("give --at or --config, not both");
    }
    WebConfig web = ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal).web();
    if (!web.enabled() || web.port() == 0) {
      throw new CommandFailure(
          "%s opens no management port with a known number; set web.enabled to true and web.port"
              .formatted(config));
    }
    return web;
  }

  /** Where to connect to; the configuration may say to listen on all interfaces. */
  private PeerAddress address(WebConfig web) {
    if (at != null) {
      return parse(at);
    }
    String host =
        !AddressPolicy.isWildcard(web.host())
            ? web.host()
            : web.host().contains(":") ? "::1" : "127.0.0.1";
    return new PeerAddress(host, web.port());
  }

  /**
   * Reads the value of {@code --at}: {@code HOST[:PORT]}, also as a URL. The default port is that
   * of a management port.
   *
   * @throws CommandFailure when it is none
   */
  static PeerAddress parse(String at) {
    String text = at.replaceFirst("^http://", "").replaceFirst("/$", "");
    String withPort = HAS_PORT.matcher(text).matches() ? text : text + ':' + DEFAULT_PORT;
    return PeerAddress.parse(withPort)
        .orElseThrow(
            () ->
                new CommandFailure(
                    "--at %s %s"
                        .formatted(
                            Terminal.printable(at),
                            PeerAddress.fault(text).orElse("is not HOST:PORT"))));
  }

  @Override
  public void close() {
    if (http != null) {
      http.close();
    }
  }
}
