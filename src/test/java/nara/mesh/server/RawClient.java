package nara.mesh.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import nara.identity.Identity;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;

/** A client on a bare socket, which can send whatever a peer might, from an address of its own. */
final class RawClient implements AutoCloseable {
  private final Socket socket = new Socket();

  /** Connects from an address of this machine. */
  RawClient(String from, int port) throws IOException {
    this(from, port, 0);
  }

  /** The same with a small receive buffer, so that the kernel takes little of a response. */
  RawClient(String from, int port, int receiveBytes) throws IOException {
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
  }

  /** The head of a signed POST. */
  static String head(Identity who, String path, long length) {
    return head(RequestSignature.sign(who, Instant.now(), "POST", path), path, length);
  }

  static String head(SignatureHeaders headers, String path, long length) {
    return "POST %s HTTP/1.1\r\nHost: x\r\n".formatted(path)
        + "X-Nara-Name: %s\r\nX-Nara-Timestamp: %s\r\nX-Nara-Signature: %s\r\n"
            .formatted(headers.name(), headers.timestamp(), headers.signature())
        + (length < 0
            ? "Transfer-Encoding: chunked\r\n\r\n"
            : "Content-Length: " + length + "\r\n\r\n");
  }

  /** A whole request for recent events. */
  static String sync(SignatureHeaders headers) {
    String body = "{\"from\":\"x\",\"mode\":\"recent\"}";
    return head(headers, "/events/sync", body.length()) + body;
  }

  static String sync(Identity who) {
    return sync(RequestSignature.sign(who, Instant.now(), "POST", "/events/sync"));
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    return this;
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Reads until the server closes the connection. */
  String readAll() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  /** The status of the next response, which is read whole. */
  int status() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return -1;
      }
      head.write(b);
    }
    String text = head.toString(ISO_8859_1).toLowerCase(java.util.Locale.ROOT);
    int length =
        text.lines()
            .filter(line -> line.startsWith("content-length:"))
            .map(line -> Integer.parseInt(line.substring(15).trim()))
            .findFirst()
            .orElse(0);
    in.readNBytes(length);
    return Integer.parseInt(text.split(" ")[1]);
  }

  /** Reads a byte; -1 when the server has closed the connection. */
  int read() {
    try {
      return socket.getInputStream().read();
    } catch (IOException reset) {
      return -1;
    }
  }

  int read(byte[] buffer) throws IOException {
    return socket.getInputStream().read(buffer);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
