package nara.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nara.identity.Identity;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;

/** HTTP from one address of the loopback interface. */
final class Http implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient client;

  /** The address of the honest nodes; their limits by address hold for it, too. */
  static Http honest() {
    return new Http("127.0.0.1");
  }

  Http(String sourceAddress) {
    try {
      client =
          HttpClient.newBuilder()
              .localAddress(InetAddress.getByName(sourceAddress))
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(TIMEOUT)
              .build();
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }

  /** The response; empty when there is none in time. */
  Optional<HttpResponse<byte[]>> get(String url) throws InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)));
  }

  /** The same for a body, unsigned. */
  Optional<HttpResponse<byte[]>> post(String url, byte[] body) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", MeshPaths.JSON)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** The same, signed. */
  Optional<HttpResponse<byte[]>> post(Identity me, int port, String url, byte[] body)
      throws InterruptedException {
    URI uri = URI.create(url);
    return post(
        RequestSignature.sign(me, Instant.now(), "POST", uri.getPath()),
        me.name(),
        port,
        url,
        body);
  }

  /** The same with any headers. */
  Optional<HttpResponse<byte[]>> post(
      SignatureHeaders signed, String from, int port, String url, byte[] body)
      throws InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", MeshPaths.JSON)
            .header(SignatureHeaders.NAME, signed.name())
            .header(SignatureHeaders.TIMESTAMP, signed.timestamp())
            .header(SignatureHeaders.SIGNATURE, signed.signature())
            .header(MeshPaths.FROM_HEADER, from)
            .header(MeshPaths.PORT_HEADER, String.valueOf(port))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private Optional<HttpResponse<byte[]>> send(HttpRequest.Builder request)
      throws InterruptedException {
    try {
      return Optional.of(
          client.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray()));
    } catch (IOException unanswered) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
