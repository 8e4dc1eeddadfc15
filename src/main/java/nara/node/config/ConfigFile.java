package nara.node.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import nara.node.Blocking;
import nara.node.Platform;

/**
 * The configuration file of a node, read by the Vert.x configuration retriever.
 *
 * <p>The retriever returns the raw bytes and {@link ConfigReader} parses them. The retriever's own
 * JSON parser would lose duplicate keys and the line numbers of the problems.
 */
public final class ConfigFile {
  private static final String CONTENT = "content";

  private ConfigFile() {}

  /**
   * Reads the file once. Blocks.
   *
   * @throws RuntimeException when it cannot be read
   */
  public static byte[] read(Path file) {
    ConfigStoreOptions store =
        new ConfigStoreOptions()
            .setType("file")
            .setFormat("raw")
            .setConfig(
                new JsonObject()
                    .put("path", file.toAbsolutePath().toString())
                    .put("raw.key", CONTENT)
                    .put("raw.type", "binary"));
    // The node's own Vert.x comes later: the configuration says whether it is clustered.
    Vertx vertx = Vertx.vertx(Platform.vertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    ConfigRetriever retriever =
        ConfigRetriever.create(
            vertx, new ConfigRetrieverOptions().setScanPeriod(-1).addStore(store));
    try {
      return Blocking.await(retriever.getConfig(), ConfigLimits.READ_TIMEOUT).getBinary(CONTENT);
    } finally {
      Blocking.close(vertx);
    }
  }
}
