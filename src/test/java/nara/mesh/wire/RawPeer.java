package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import nara.event.Event;
import nara.identity.Identity;

/**
 * A peer on a bare socket, which can say whatever a peer might: each connection brings one request,
 * and the script writes bytes in return.
 */
public final class RawPeer implements AutoCloseable {
  /** What came. */
  public record Request(String line, String headers, String body) {
    public String path() {
      return line.split(" ")[1];
    }
  }

  /** Says something in return; the connection is closed afterwards. */
  public interface Script {
    void answer(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final Script script;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> openSockets = ConcurrentHashMap.newKeySet();

  public RawPeer(Script script) throws IOException {
    this(script, "127.0.0.1");
  }

  /** A peer at another address of this machine. */
  public RawPeer(Script script, String host) throws IOException {
    this.script = script;
    this.server = new ServerSocket(0, 64, InetAddress.getByName(host));
    Thread.startVirtualThread(this::accept);
  }

  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  public int port() {
    return server.getLocalPort();
  }

  public List<Request> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : openSockets) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        openSockets.add(socket);
        Thread.startVirtualThread(() -> handle(socket));
      } catch (IOException closed) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(closed);
        }
      }
    }
  }

  private void handle(Socket socket) {
    try (socket) {
      Request request = read(new BufferedInputStream(socket.getInputStream()));
      requests.add(request);
      script.answer(request, socket.getOutputStream());
      socket.getOutputStream().flush();
    } catch (IOException | InterruptedException hungUp) {
      // The other side is expected to hang up on most of what is said here.
      Thread.currentThread().interrupt();
    } finally {
      openSockets.remove(socket);
    }
  }

  private static Request read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no request");
      }
      head.write(b);
    }
    String text = head.toString(ISO_8859_1);
    int length =
        text.lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
            .map(line -> Integer.parseInt(line.substring(15).trim()))
            .findFirst()
            .orElse(0);
    String line = text.lines().findFirst().orElseThrow();
    return new Request(line, text, new String(in.readNBytes(length), UTF_8));
  }

  // What an honest peer would say, for the scripts to spoil.

  public static void write(OutputStream out, String head, byte[] body) throws IOException {
    out.write(head.replace("\n", "\r\n").getBytes(ISO_8859_1));
    out.write(body);
    out.flush();
  }

  public static String head(int status, SignatureHeaders signature, long length, String... more) {
    return "HTTP/1.1 "
        + status
        + " Whatever\nContent-Type: application/json\nConnection: close\nContent-Length: "
        + length
        + "\nX-Nara-Name: "
        + SignatureHeaders.encodeValue(signature.name())
        + "\nX-Nara-Timestamp: "
        + signature.timestamp()
        + "\nX-Nara-Signature: "
        + signature.signature()
        + "\n"
        + String.join("", more)
        + "\n";
  }

  public static void text(OutputStream out, int status, String text, String... more)
      throws IOException {
    write(
        out,
        "HTTP/1.1 "
            + status
            + " Whatever\nConnection: close\nContent-Length: "
            + text.length()
            + "\n"
            + String.join("", more)
            + "\n",
        text.getBytes(ISO_8859_1));
  }

  /** A whole honest answer to {@code /events/sync}. */
  public static void answer(OutputStream out, Identity who, byte[] body) throws IOException {
    write(
        out,
        head(200, ResponseSignature.sign(who, Instant.now(), Body.of(body)), body.length),
        body);
  }

  public static byte[] body(Identity who, List<Event> events) {
    return body(who, events, Optional.empty());
  }

  public static byte[] body(Identity who, List<Event> events, Optional<Long> nextCursor) {
    return SyncResponse.write(who, events, nextCursor, Instant.now().getEpochSecond()).bytes();
  }

  /** An honest answer to {@code /ping}. */
  public static void pong(OutputStream out, Identity who) throws IOException {
    text(out, 200, new String(PingResponse.write(who, "", Instant.now()), ISO_8859_1));
  }
}
