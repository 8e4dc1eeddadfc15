package nara.cli;

import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.identity.Identity;
import nara.node.Blocking;
import nara.node.config.ConfigFile;
import nara.node.config.ConfigProblem;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;

/** How commands come by a configuration, and tell what is wrong with one. */
final class ConfigLoader {
  // Four bytes for each character that a configuration may have.
  private static final int MAX_BYTES = 4 << 20;

  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

  private ConfigLoader() {}

  /**
   * Reads the configuration file of a node that is about to run, by the retriever of Vert.x.
   *
   * @throws CommandFailure when there is none, it is not text, or it has problems
   */
  static NodeConfig readForNode(Path file, Terminal terminal) {
    // What can be said of the file itself is said first, in the same words as elsewhere.
    readText(file);
    if (!Files.isRegularFile(file)) {
      throw new CommandFailure(
          file + " is a pipe or a device; give a file, since it is read twice");
    }
    Vertx vertx = Vertx.vertx();
    try {
      return requireValid(
          file, Blocking.await(ConfigFile.read(vertx, file), READ_TIMEOUT), terminal);
    } finally {
      Blocking.await(vertx.close(), READ_TIMEOUT);
    }
  }

  /**
   * Reads a configuration file.
   *
   * @throws CommandFailure when there is none, or it is not text
   */
  static ConfigReader.ConfigResult read(Path file) {
    return ConfigReader.read(readText(file));
  }

  private static String readText(Path file) {
    byte[] bytes = BoundedFile.read(file, MAX_BYTES, "a configuration file");
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException binary) {
      throw new CommandFailure(file + " is not text in UTF-8");
    }
  }

  /**
   * The configuration, when it is valid; what is to be noted of it goes to the terminal.
   *
   * @throws CommandFailure with every problem, a line each
   */
  static NodeConfig requireValid(
      Path file, ConfigReader.ConfigResult configResult, Terminal terminal) {
    configResult.warnings().forEach(note -> terminal.err().println("note: " + note));
    return configResult
        .config()
        .orElseThrow(
            () -> {
              for (ConfigProblem problem : configResult.problems()) {
                terminal.err().println(file + ": " + problem.sentence());
              }
              int count = configResult.problems().size();
              return new CommandFailure(
                  "%s has %s".formatted(file, count == 1 ? "1 problem" : count + " problems"));
            });
  }

  /**
   * Who a node of that configuration is.
   *
   * @throws CommandFailure when no identity can be made from it
   */
  static Identity identity(NodeConfig config) {
    try {
      return config.identity().determine();
    } catch (IllegalArgumentException impossible) {
      throw new CommandFailure(impossible.getMessage());
    }
  }
}
