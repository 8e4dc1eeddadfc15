package nara.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.file.FileFault;
import nara.identity.Soul;
import nara.node.config.NodeConfig.IdentityConfig;

/** Reads the section {@code identity}. */
final class IdentitySection {
  private static final ConfigKind<Soul> SOUL =
      ConfigKind.parsed(
          "a soul (40 bytes in Base58, about 54 characters)", SoulFile::parse, Soul::encoded);

  private IdentitySection() {}

  /**
   * Reads the section.
   *
   * @param directory of the configuration file: relative paths begin there
   */
  static IdentityConfig read(ConfigSection s, Map<String, String> environment, Path directory) {
    Optional<String> name =
        s.optional("name", "the host's name, or one drawn from the soul", ConfigReader.NAME);
    Optional<Soul> soul = s.secret("soul", SOUL);
    String origin = "identity.soul";
    Optional<Path> file =
        s.optional("soul_file", "none", ConfigKind.path("a path of a file that holds a soul"))
            .map(directory::resolve);
    Optional<Path> state =
        s.optional("state", "the service's or the user's", ConfigKind.path("a path of a directory"))
            .map(directory::resolve);
    state
        .flatMap(IdentitySection::firstExisting)
        .filter(existing -> !Files.isDirectory(existing))
        .ifPresent(
            existing -> s.addProblem("state", printable(existing) + " is no directory; name one"));
    if (s.has("soul") && file.isPresent()) {
      s.addProblem("soul_file", "is given together with identity.soul: keep one of the two");
    }
    if (soul.isEmpty() && file.isPresent()) {
      soul = soulFromFile(file.get(), s);
      origin = "identity.soul_file (" + file.get() + ')';
    }
    String variable = environment.getOrDefault(ConfigReader.SOUL_VARIABLE, "");
    if (!variable.isEmpty()) {
      soul = SoulFile.parse(variable);
      origin = ConfigReader.SOUL_VARIABLE;
      if (soul.isEmpty()) {
        s.addEnvironmentProblem(
            ConfigReader.SOUL_VARIABLE,
            "this environment variable does not hold a soul (not shown)");
      }
    }
    if (name.isPresent() && soul.isPresent() && !soul.get().isBondedTo(name.get())) {
      s.addWarning(
          "identity: the soul is not bonded to the name; other naras treat the name as borrowed");
    }
    List<Path> states =
        Stream.concat(state.stream(), KeptSoul.defaultFolder(environment).stream())
            .distinct()
            .toList();
    return new IdentityConfig(name, soul, origin, states);
  }

  private static Optional<Soul> soulFromFile(Path file, ConfigSection s) {
    try {
      Optional<Soul> soul = SoulFile.readConfigured(file);
      if (soul.isEmpty()) {
        s.addProblem("soul_file", printable(file) + " does not hold a soul");
      } else if (SoulFile.isReadByOthers(file)) {
        s.addWarning(
            "identity.soul_file: other users can read %s, and the soul is this nara's secret key; run chmod 600 %s"
                .formatted(SafeText.quoted(file.toString()), SafeText.escaped(file.toString())));
      }
      return soul;
    } catch (NoSuchFileException missing) {
      s.addProblem("soul_file", "there is no file " + printable(file));
      return Optional.empty();
    } catch (IOException unreadable) {
      s.addProblem(
          "soul_file",
          "%s cannot be read (%s)".formatted(printable(file), FileFault.reason(unreadable)));
      return Optional.empty();
    }
  }

  /** The path, or the nearest one above it that exists. A link to a missing file exists, too. */
  private static Optional<Path> firstExisting(Path path) {
    return Stream.iterate(path.toAbsolutePath(), Objects::nonNull, Path::getParent)
        .filter(each -> Files.exists(each, LinkOption.NOFOLLOW_LINKS))
        .findFirst();
  }

  private static String printable(Path file) {
    return '"' + SafeText.excerpt(file.toString(), ConfigLimits.MAX_PARSER_MESSAGE) + '"';
  }
}
