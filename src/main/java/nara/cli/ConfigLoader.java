package nara.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.identity.Identity;
import nara.node.config.ConfigFile;
import nara.node.config.ConfigProblem;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;

/** How commands come by a configuration, and tell what is wrong with one. */
final class ConfigLoader {
  // Four bytes for each character that a configuration may have.
  private static final int MAX_BYTES = 4 << 20;

  private ConfigLoader() {}

  /**
   * Reads the configuration of a node that starts.
   *
   * @throws CommandFailure when the file cannot be read, is not text, or has problems
   */
  static NodeConfig readForNode(Path file, Terminal terminal) {
    if (!Files.isRegularFile(file)
        || !Files.isReadable(file)
        || file.toFile().length() > MAX_BYTES) {
      // Explains what is wrong with the file.
      read(file);
      throw new CommandFailure(file + " is a pipe or a device; give a file");
    }
    return requireValid(file, ConfigReader.read(decode(file, ConfigFile.read(file))), terminal);
  }

  /**
   * Reads a configuration file.
   *
   * @throws CommandFailure when it cannot be read, or is not text
   */
  static ConfigReader.ConfigResult read(Path file) {
    return ConfigReader.read(
        decode(file, BoundedFile.read(file, MAX_BYTES, "a configuration file")));
  }

  private static String decode(Path file, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // Some editors begin a file with a byte order mark.
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException binary) {
      throw new CommandFailure(file + " is not text in UTF-8");
    }
  }

  /**
   * The configuration, when it is valid; what is to be noted of it goes to the terminal.
   *
   * @throws CommandFailure with every problem, a line each
   */
  static NodeConfig requireValid(Path file, ConfigReader.ConfigResult result, Terminal terminal) {
    result.warnings().forEach(note -> terminal.err().println("note: " + note));
    return result
        .config()
        .orElseThrow(
            () -> {
              for (ConfigProblem problem : result.problems()) {
                terminal.err().println(file + ": " + problem.sentence());
              }
              int count = result.problems().size();
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
