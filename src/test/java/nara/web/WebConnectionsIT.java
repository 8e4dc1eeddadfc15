package nara.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.junit5.VertxExtension;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import nara.node.Blocking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class WebConnectionsIT {
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

  @Test
  void a_head_that_comes_byte_by_byte_has_a_deadline(Vertx vertx) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", start(vertx))) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 204");
      for (int i = 0; i < 10; i++) {
        socket.getOutputStream().write('G');
        Thread.sleep(20);
      }
      socket.getInputStream().readAllBytes();
    }
  }

  private static int start(Vertx vertx) {
    WebConnections connections = new WebConnections(vertx, 4, 500);
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(connections::onConnection)
            .requestHandler(
                request -> {
                  connections.onRequest(request);
                  request.response().endHandler(sent -> connections.onResponse(request));
                  request.response().setStatusCode(204).end();
                });
    return Blocking.await(server.listen(0, "127.0.0.1"), Duration.ofSeconds(5)).actualPort();
  }
}
