package nara.stash;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nara.cli.output.CommandLineRun;
import nara.node.config.NodeConfig;
import nara.testing.FreePorts;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stash on the management port and on the command line. */
class StashWebIT {
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path folder;

  @Test
  void operator_sets_and_gets_the_data_but_no_web_page_does() throws Exception {
    int port = FreePorts.next();
    Path file = Files.writeString(folder.resolve("secret"), "the treehouse's password");
    String web = "127.0.0.1:" + port;
    try (TestNode node =
        TestNode.start(
            "milhouse",
            List.of(),
            config ->
                config
                    .with(StashConfig.defaults())
                    .with(new NodeConfig.WebConfig(true, "127.0.0.1", port)),
            progressed -> {})) {
      CommandLineRun empty = CommandLineRun.of("stash", "get", "--at", web);
      assertThat(empty.code()).isEqualTo(2);
      assertThat(node.node().identity().name()).isEqualTo("milhouse");
      assertThat(empty.err()).contains("the stash is empty");
      assertThat(CommandLineRun.of("stash", "set", file.toString(), "--at", web).out())
          .contains("0 of 3 confidants");
      assertThat(CommandLineRun.of("stash", "get", "--at", web).out())
          .isEqualTo("the treehouse's password");
      assertThat(CommandLineRun.of("stash", "status", "--at", web).lines())
          .hasSize(4)
          .anyMatch(line -> line.startsWith("stash       24 bytes, written at 20"))
          .contains("confidants  none")
          .anyMatch(line -> line.startsWith("found       set by the operator; an earlier one: "));
      assertThat(CommandLineRun.of("stash", "status", "--json", "--at", web).out())
          .contains("\"bytes\":24", "\"storage_limit\":")
          .doesNotContain("treehouse");

      URI update = URI.create("http://" + web + "/api/stash/update");
      HttpRequest fromPage =
          HttpRequest.newBuilder(update)
              .header("Origin", "http://evil.example")
              .POST(HttpRequest.BodyPublishers.ofString("x"))
              .build();
      assertThat(http.send(fromPage, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
      HttpRequest tooLarge =
          HttpRequest.newBuilder(update)
              .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[40_000]))
              .build();
      assertThat(http.send(tooLarge, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
      assertThat(CommandLineRun.of("stash", "get", "--at", web).out())
          .isEqualTo("the treehouse's password");
    }
  }
}
