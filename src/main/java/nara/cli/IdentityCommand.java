package nara.cli;

import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
 * Shows who a soul is, or makes a new one.
 *
 * <p>The name is taken as it is given: whether it would be called generic on a host is a question
 * of nodes without a name. A soul that exists may have any name; no new one is made for a name that
 * no configuration takes.
 */
@Command(
    name = "identity",
    description =
        "Shows the id, key, bond and personality of a soul; makes a soul when none is given.")
final class IdentityCommand implements Callable<Integer> {
  private static final int FINGERPRINT_BYTES = 32;

  private final Terminal terminal;

  @Option(names = "--name", paramLabel = "N", description = "The nara's name.")
  private String name;

  @Option(names = "--soul", paramLabel = "S", description = "Its soul, as Base58 of 40 bytes.")
  private String soul;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  IdentityCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (name != null && name.isEmpty()) {
      throw new CommandFailure("the name given is empty; leave --name out to have one drawn");
    }
    Identity identity = identity();
    terminal.out().println(json ? JsonOutput.indented(asJson(identity)) : asText(identity));
    return ExitCode.OK;
  }

  private Identity identity() {
    if (soul == null) {
      if (name != null && !ConfigReader.isValidName(name)) {
        throw new CommandFailure(
            "no node can be called \"%s\": identity.name takes %s"
                .formatted(Terminal.printable(name), ConfigReader.NAME_RULE));
      }
      return name == null
          ? withGeneratedName()
          : Identity.of(name, Soul.generate(name, new SecureRandom()));
    }
    Soul given =
        Soul.parse(soul)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "the soul given is not one: a soul is 40 bytes in Base58, about 54"
                            + " characters"));
    return name == null ? withNameOf(given) : Identity.of(name, given);
  }

  /** A new soul with the name that its own seed draws. */
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
                : "no: the soul is of another name",
            p.agreeableness(),
            p.sociability(),
            p.chill());
  }
}
