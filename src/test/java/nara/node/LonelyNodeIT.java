package nara.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import nara.node.config.NodeConfig;
import nara.testing.FreePorts;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** A node with the shipped configuration, on ports of the test. */
class LonelyNodeIT {
  @Test
  void ready_names_the_keys_that_keep_a_node_alone() throws Exception {
    int port = FreePorts.next();
    try (TestNode node =
            TestNode.start(
                "lisa",
                List.of(),
                config ->
                    config
                        .with(config.mesh().listeningOn("0.0.0.0", 0))
                        .with(new NodeConfig.WebConfig(true, "127.0.0.1", port)),
                progressed -> {});
        HttpClient http = HttpClient.newHttpClient()) {
      assertThat(node.node().meshPort()).isPresent();
      String ready =
          http.send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ready")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();

      assertThat(ready)
          .contains("others cannot learn where this node is: set mesh.advertise")
          .contains("there is nobody to look for: set discovery.peers or plaza.url");
    }
  }
}
