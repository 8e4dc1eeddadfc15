package nara.discovery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real Unix socket on which something plays the Tailscale daemon, one connection at a time. */
final class FakeTailscaleDaemon implements AutoCloseable {
  /** What it does with a connection whose request it has read. */
  interface ConnectionHandler {
    void answer(SocketChannel connection) throws IOException;
  }

  private final ServerSocketChannel server;
  private final ConnectionHandler connectionHandler;
  private final Thread thread;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  FakeTailscaleDaemon(Path socket, ConnectionHandler handler) throws IOException {
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    this.connectionHandler = handler;
    server.bind(UnixDomainSocketAddress.of(socket));
    thread = Thread.ofVirtual().start(this::serve);
  }

  /** Answers with a status line and a body, as HTTP has it. */
  static ConnectionHandler answering(String status, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    return connection -> {
      write(
          connection, "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n".formatted(status, bytes.length));
      write(connection, body);
    };
  }

  static void write(SocketChannel connection, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      connection.write(bytes);
    }
  }

  /** The heads of the requests that came. */
  List<String> requests() {
    return requests;
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel connection = server.accept()) {
        requests.add(head(connection));
        connectionHandler.answer(connection);
      } catch (IOException gone) {
        // The client hung up, or the test is over: both are ordinary here.
        continue;
      }
    }
  }

  private static String head(SocketChannel connection) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    ByteBuffer piece = ByteBuffer.allocate(4_096);
    while (!head.toString(US_ASCII).contains("\r\n\r\n") && connection.read(piece) >= 0) {
      head.write(piece.array(), 0, piece.position());
      piece.clear();
    }
    return head.toString(US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
    thread.interrupt();
  }
}
