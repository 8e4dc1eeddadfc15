package nara.node.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;

/**
 * The configuration file of a node, fetched by Vert.x's retriever and read by {@link ConfigReader}.
 *
 * <p>The retriever hands over the text as it stands (its format {@code raw}): parsed by it, a key
 * given twice would be lost and no problem could name its line. It looks once; a configuration that
 * changes under a running node would have to be checked as a whole again anyway.
 */
public final class ConfigFile {
  private static final String TEXT = "text";

  private ConfigFile() {}

  /**
   * Reads and checks the file.
   *
   * @return what came of it; fails when the file itself cannot be read
   */
  public static Future<ConfigReader.ConfigResult> read(Vertx vertx, Path file) {
    ConfigStoreOptions store =
        new ConfigStoreOptions()
            .setType("file")
            .setFormat("raw")
            .setConfig(
                new JsonObject()
                    .put("path", file.toAbsolutePath().toString())
                    .put("raw.key", TEXT)
                    .put("raw.type", "string"));
    ConfigRetriever retriever =
        ConfigRetriever.create(
            vertx, new ConfigRetrieverOptions().setScanPeriod(-1).addStore(store));
    return retriever
        .getConfig()
        .map(config -> ConfigReader.read(withoutByteOrderMark(config.getString(TEXT))))
        .eventually(retriever::close);
  }

  /** Some editors begin a text in UTF-8 with a mark of the byte order, which says nothing. */
  private static String withoutByteOrderMark(String text) {
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }
}
