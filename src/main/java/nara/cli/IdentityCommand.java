package nara.cli;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import nara.cli.file.CommandFailure;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.identity.Identity;
import nara.identity.NativeSoul;
import nara.identity.Personality;
import nara.identity.Soul;
import nara.node.config.ConfigReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Shows or generates an identity.
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

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    if (name != null && name.isEmpty()) {
      throw new CommandFailure("--name is empty; leave it out to generate a name");
    }
    Identity identity = identity();
    print(json, asJson(identity), asText(identity));
    return ExitCode.OK;
  }

  private Identity identity() {
    if (soul == null) {
      if (name != null && !ConfigReader.isValidName(name)) {
        throw new CommandFailure(
            "--name \"%s\" is not valid: identity.name takes %s"
                .formatted(Terminal.printable(name), ConfigReader.NAME_RULE));
      }
      return name == null
          ? withGeneratedName()
          : Identity.of(name, Soul.generate(name, new SecureRandom()));
    }
    String problem = "--soul is not valid: expected 40 bytes in Base58, about 54 characters";
    Soul given = Soul.parse(soul).orElseThrow(() -> new CommandFailure(problem));
    return name == null ? withNameOf(given) : Identity.of(name, given);
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

  private static Map<String, Object> asJson(Identity identity) {
    Personality p = identity.personality();
    return JsonOutput.object(
        "name", identity.name(),
        "id", identity.id(),
        "soul", identity.soul().encoded(),
        "public_key", identity.keys().publicKey().encoded(),
        "bond", identity.bonded(),
        "personality",
            JsonOutput.object(
                "agreeableness", p.agreeableness(),
                "sociability", p.sociability(),
                "chill", p.chill()));
  }

  private static String asText(Identity identity) {
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
            identity.soul().encoded(),
            identity.keys().publicKey().encoded(),
            identity.bonded()
                ? "yes: the soul belongs to this name"
                : "no: the soul belongs to another name",
            p.agreeableness(),
            p.sociability(),
            p.chill());
  }
}
