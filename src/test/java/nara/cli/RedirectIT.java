package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import nara.cli.output.CommandLineRun;
import nara.node.Blocking;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy in front of a peer redirects. */
class RedirectIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @ParameterizedTest
  @ValueSource(ints = {301, 307})
  void redirect_from_a_peer_is_named_with_its_target(int status) {
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer server =
          Blocking.await(
              vertx
                  .createHttpServer()
                  .requestHandler(
                      request ->
                          request
                              .response()
                              .setStatusCode(status)
                              .putHeader("Location", "https://nara.example/ping")
                              .end())
                  .listen(0, "127.0.0.1"),
              TIMEOUT);

      CommandLineRun run =
          CommandLineRun.now("recover", "--peer", "127.0.0.1:" + server.actualPort());

      assertThat(run.out().replaceAll("\\s+", " "))
          .contains(
              "answers, but with " + status + ", a redirect to \"https://nara.example/ping\"");
    } finally {
      Blocking.await(vertx.close(), TIMEOUT);
    }
  }
}
