package nara.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import nara.cli.file.CommandFailure;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.identity.Identity;
import nara.identity.NativeSoul;
import nara.identity.Personality;
import nara.identity.Soul;
import nara.node.config.ConfigReader;
import nara.node.config.SoulFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Shows or generates an identity. Without an option for the soul, the environment variable
 * NARA_SOUL holds it, as for a node.
 *
 * <p>A given name is never replaced, not even a generic host name. An existing soul may have any
 * name, but the command generates no soul for a name that no configuration accepts.
 */
@Command(name = "identity", description = "Show a soul's identity, or generate one.")
final class IdentityCommand extends TerminalCommand {
  private static final int FINGERPRINT_BYTES = 32;

  @Option(names = "--name", paramLabel = "N", description = "The name; generated when left out.")
  private String name;

  @Option(
      names = "--soul",
      paramLabel = "S",
      description =
          "The soul, 40 bytes in Base58. Other users of this machine can see it in the process"
              + " list.")
  private String soul;

  @Option(names = "--soul-file", paramLabel = "FILE", description = "The file that holds the soul.")
  private Path soulFile;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Show the identity that a node with this configuration has.")
  private Path config;

  @Option(
      names = "--native",
      description = "Show the identity that a node without a configured soul has on this machine.")
  private boolean ofHardware;

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "Write the soul to a new file with mode 600, and do not print it.")
  private Path write;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (name != null && name.isEmpty()) {
      throw new CommandFailure("--name is empty; leave it out to generate a name");
    }
    requireOneSource();
    Identity identity = identity();
    if (write != null) {
      writeSoul(identity.soul());
    }
    print(json, asJson(identity), asText(identity));
    return ExitCode.OK;
  }

  private void requireOneSource() {
    long sources =
        Stream.of(soul != null, soulFile != null, config != null, ofHardware)
            .filter(given -> given)
            .count();
    if (sources > 1) {
      throw usageError("give one of --soul, --soul-file, --config and --native");
    }
    if (config != null && name != null) {
      throw usageError("--config holds the name: leave --name out");
    }
  }

  private Identity identity() {
    if (config != null) {
      return ConfigLoader.identity(
          ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal()));
    }
    if (ofHardware) {
      requireValidName();
      return ConfigLoader.nativeIdentity(Optional.ofNullable(name));
    }
    String variable = Objects.requireNonNullElse(System.getenv(ConfigReader.SOUL_VARIABLE), "");
    if (soul == null && soulFile == null && variable.isEmpty()) {
      requireValidName();
      return name == null
          ? withGeneratedName()
          : Identity.of(name, Soul.generate(name, new SecureRandom()));
    }
    Soul given =
        soul != null
            ? required(SoulFile.parse(soul), "--soul")
            : soulFile != null
                ? required(readSoulFile(), soulFile.toString())
                : required(SoulFile.parse(variable), ConfigReader.SOUL_VARIABLE);
    return name == null ? withNameOf(given) : Identity.of(name, given);
  }

  private void requireValidName() {
    if (name != null && !ConfigReader.isValidName(name)) {
      throw new CommandFailure(
          "--name \"%s\" is not valid: identity.name takes %s"
              .formatted(Terminal.printable(name), ConfigReader.NAME_RULE));
    }
  }

  private static Soul required(Optional<Soul> soul, String source) {
    return soul.orElseThrow(
        () ->
            new CommandFailure(
                source + " is not valid: expected 40 bytes in Base58, about 54 characters"));
  }

  private Optional<Soul> readSoulFile() {
    try {
      return SoulFile.read(soulFile);
    } catch (IOException failure) {
      throw CommandFailure.unreadable(soulFile, failure);
    }
  }

  private void writeSoul(Soul written) {
    try {
      SoulFile.create(write, written);
    } catch (FileAlreadyExistsException exists) {
      throw new CommandFailure(write + " exists already; a soul is never overwritten");
    } catch (IOException failure) {
      throw CommandFailure.unwritable(write, failure);
    }
  }

  /** Generates a soul; its seed determines the name. */
  private static Identity withGeneratedName() {
    byte[] random = new byte[FINGERPRINT_BYTES];
    new SecureRandom().nextBytes(random);
    return withNameOf(NativeSoul.generated(random));
  }

  private static Identity withNameOf(Soul soul) {
    return Identity.resolve("", soul.encoded(), "", Optional.empty());
  }

  private Map<String, Object> asJson(Identity identity) {
    Personality p = identity.personality();
    return JsonOutput.object(
        "name",
        identity.name(),
        "id",
        identity.id(),
        write == null ? "soul" : "soul_file",
        write == null ? identity.soul().encoded() : write.toString(),
        "public_key",
        identity.keys().publicKey().encoded(),
        "bond",
        identity.bonded(),
        "personality",
        JsonOutput.object(
            "agreeableness", p.agreeableness(),
            "sociability", p.sociability(),
            "chill", p.chill()));
  }

  private String asText(Identity identity) {
    Personality p = identity.personality();
    return """
    name         %s
    id           %s
    soul         %s
    public key   %s
    bond         %s
    personality  agreeableness %d, sociability %d, chill %d\
    """
        .formatted(
            Terminal.printable(identity.name()),
            identity.id(),
            write == null ? identity.soul().encoded() : "in " + write,
            identity.keys().publicKey().encoded(),
            identity.bonded()
                ? "yes: the soul belongs to this name"
                : "no: the soul belongs to another name",
            p.agreeableness(),
            p.sociability(),
            p.chill());
  }
}
