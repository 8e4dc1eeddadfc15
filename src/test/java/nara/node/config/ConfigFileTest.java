package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class ConfigFileTest {
  @Test
  void config_file_passes_its_text_unchanged(
      Vertx vertx, VertxTestContext context, @TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("zoë.json"),
            "{\"identity\": {\"name\": \"zoë\"},\n\"web\": {\"port\": 1, \"port\": 2}}");
    ConfigFile.read(vertx, file)
        .onComplete(
            context.succeeding(
                configResult ->
                    context.verify(
                        () -> {
                          assertThat(configResult.effective()).contains("zoë");
                          assertThat(configResult.problems())
                              .extracting(ConfigProblem::line)
                              .containsExactly(2);
                          context.completeNow();
                        })));
  }

  @Test
  void config_file_fails_when_missing(Vertx vertx, VertxTestContext context, @TempDir Path folder) {
    ConfigFile.read(vertx, folder.resolve("none.json"))
        .onComplete(context.failing(failure -> context.completeNow()));
  }
}
