package nara.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.file.FileFault;
import nara.identity.Identity;
import nara.node.config.ChosenIdentity;
import nara.node.config.ConfigFile;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.node.config.NodeConfig.IdentityConfig;

/** Loads configuration files for commands, and reports their errors. */
public final class ConfigLoader {
  // A configuration may have a million characters, each of at most four bytes.
  private static final int MAX_BYTES = 4 << 20;

  private ConfigLoader() {}

  /**
   * Reads the configuration of a node that starts.
   *
   * @throws CommandFailure when the file cannot be read, is not text, or has errors
   */
  static NodeConfig readForNode(Path file, Terminal terminal) {
    return requireValid(file, readForNode(file), terminal);
  }

  /**
   * Reads the configuration of a node that starts without a file, as containers do.
   *
   * @throws CommandFailure when no variable sets a key, or when there are errors
   */
  static NodeConfig readEnvironment(Terminal terminal) {
    ConfigReader.ConfigResult result = ConfigReader.read("{}");
    if (result.variables().isEmpty()) {
      throw new CommandFailure(
          "give --config FILE, a copy of conf/node.json, or set environment variables such as"
              + " NARA_ID and MQTT_HOST");
    }
    return requireValid("the environment", result, terminal);
  }

  /**
   * Reads the configuration of a node that starts, with its errors.
   *
   * @throws CommandFailure when the file cannot be read or is not text
   */
  static ConfigReader.ConfigResult readForNode(Path file) {
    if (FileFault.isPipeOrDevice(file)) {
      throw new CommandFailure(file + " is a pipe or a device; give a file");
    }
    if (!Files.isRegularFile(file)
        || !Files.isReadable(file)
        || file.toFile().length() > MAX_BYTES) {
      // Fails with the reason.
      return read(file);
    }
    return ConfigReader.read(decode(file, ConfigFile.read(file)), directoryOf(file));
  }

  /**
   * Reads a configuration file.
   *
   * @throws CommandFailure when the file cannot be read or is not text
   */
  public static ConfigReader.ConfigResult read(Path file) {
    return ConfigReader.read(
        decode(file, BoundedFile.read(file, MAX_BYTES, "a configuration file")), directoryOf(file));
  }

  private static Path directoryOf(Path file) {
    return Optional.ofNullable(file.getParent()).orElse(Path.of(""));
  }

  private static String decode(Path file, byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      // Some editors begin a file with a byte order mark.
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException binary) {
      throw new CommandFailure(file + " is not text in UTF-8; save it as UTF-8");
    }
  }

  /**
   * Returns the configuration when it is valid, and prints warnings and errors, one a line.
   *
   * @throws CommandFailure when there are errors
   */
  public static NodeConfig requireValid(
      Path file, ConfigReader.ConfigResult result, Terminal terminal) {
    return requireValid(file.toString(), result, terminal);
  }

  private static NodeConfig requireValid(
      String source, ConfigReader.ConfigResult result, Terminal terminal) {
    result.warnings().forEach(warning -> terminal.message("note: %s", warning));
    if (result.config().isEmpty()) {
      result.problems().forEach(p -> terminal.message("%s: %s", source, p.sentence()));
      int count = result.problems().size();
      throw new CommandFailure(
          "%s has %s".formatted(source, count == 1 ? "1 problem" : count + " problems"));
    }
    return result.config().get();
  }

  /**
   * Determines the identity of a node that starts with this configuration, keeps a native soul, and
   * prints its origin.
   *
   * @throws CommandFailure when the configuration has no valid identity
   */
  static Identity identityForNode(NodeConfig config, Terminal terminal) {
    ChosenIdentity chosen = choose(config.identity(), true);
    chosen.notes().forEach(note -> terminal.message("note: %s", note));
    terminal.message(
        "the soul of %s comes from %s",
        Terminal.printable(chosen.identity().name()), chosen.origin());
    return chosen.identity();
  }

  /**
   * Determines the identity that a node with this configuration has.
   *
   * @throws CommandFailure when the configuration has no valid identity
   */
  public static Identity identity(NodeConfig config) {
    return choose(config.identity(), false).identity();
  }

  /** The identity of this machine for a name, as a node without a configured soul has it. */
  static Identity nativeIdentity(Optional<String> name) {
    return choose(IdentityConfig.ofHardware(name), false).identity();
  }

  private static ChosenIdentity choose(IdentityConfig config, boolean keeps) {
    try {
      return config.choose(keeps);
    } catch (IllegalArgumentException invalid) {
      throw new CommandFailure(invalid.getMessage());
    }
  }
}
