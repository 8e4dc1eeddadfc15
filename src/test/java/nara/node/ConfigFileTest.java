package nara.node;

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
  void the_text_reaches_the_reader_as_it_stands(
      Vertx vertx, VertxTestContext context, @TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("zoë.json"),
            "{\"identity\": {\"name\": \"zoë\"},\n\"web\": {\"port\": 1, \"port\": 2}}");
    ConfigFile.read(vertx, file)
        .onComplete(
            context.succeeding(
                result ->
                    context.verify(
                        () -> {
                          assertThat(result.effective()).contains("zoë");
                          assertThat(result.problems())
                              .extracting(ConfigProblem::line)
                              .containsExactly(2);
                          context.completeNow();
                        })));
  }

  @Test
  void a_file_that_is_not_there_fails(Vertx vertx, VertxTestContext context, @TempDir Path folder) {
    ConfigFile.read(vertx, folder.resolve("none.json"))
        .onComplete(context.failing(failure -> context.completeNow()));
  }
}
