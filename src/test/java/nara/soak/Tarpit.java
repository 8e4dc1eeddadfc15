package nara.soak;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import nara.mesh.wire.MeshPaths;

/**
 * Holds on to what others need: connections that send a body but for its last byte, requests whose
 * answer it doesn't read, and as a neighbour answers that never end, or are garbage.
 */
final class Tarpit extends Adversary {
  private static final int HELD_CONNECTIONS = 48;
  private static final int BODY_BYTES = 200_000;
  private static final int GARBAGE_BYTES = 2_000;

  private final Deque<Socket> held = new ArrayDeque<>();

  Tarpit(String broker, java.util.List<SoakNode> victims) throws IOException {
    super("tarpit", "127.0.0.67", broker, victims);
  }

  @Override
  void attack(long round, SoakNode victim) throws IOException, InterruptedException {
    acted();
    switch ((int) (round % 3)) {
      case 0 -> http.post("http://" + victim.meshAddress() + MeshPaths.SYNC, garbage());
      case 1 -> http.post("http://" + victim.meshAddress() + MeshPaths.ZINE, garbage());
      default -> holdConnection(victim);
    }
    byte[] noise = garbage();
    plaza.publish("nara/plaza/howdy", noise);
    plaza.publish("nara/newspaper/" + victim.name(), noise);
  }

  private void holdConnection(SoakNode victim) throws IOException {
    while (held.size() >= HELD_CONNECTIONS) {
      held.removeFirst().close();
    }
    Socket socket = new Socket("127.0.0.1", victim.meshPort(), InetAddress.getByName(host), 0);
    held.addLast(socket);
    String head =
        "POST /events/sync HTTP/1.1\r\nHost: x\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().write(new byte[BODY_BYTES - 1]);
  }

  @Override
  void answer(HttpExchange exchange) throws IOException, InterruptedException {
    exchange.getRequestBody().readAllBytes();
    if (random.nextBoolean()) {
      respond(exchange, 200, garbage());
      return;
    }
    exchange.sendResponseHeaders(200, BODY_BYTES);
    for (int second = 0; second < 120 && !isClosed(); second++) {
      exchange.getResponseBody().write(' ');
      exchange.getResponseBody().flush();
      Thread.sleep(1_000);
    }
  }

  private synchronized byte[] garbage() {
    byte[] bytes = new byte[random.nextInt(GARBAGE_BYTES)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      byte[] start = "{\"from\":\"tarpit\",\"events\":[{".getBytes(StandardCharsets.UTF_8);
      System.arraycopy(start, 0, bytes, 0, Math.min(start.length, bytes.length));
    }
    return bytes;
  }

  @Override
  public void close() {
    super.close();
    for (Socket socket : held) {
      try {
        socket.close();
      } catch (IOException closedAlready) {
        continue;
      }
    }
  }
}
