package nara.node.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.identity.Soul;
import nara.node.config.NodeConfig.IdentityConfig;

/** Reads the section {@code identity}. */
final class IdentitySection {
  private static final ConfigKind<Soul> SOUL =
      ConfigKind.parsed(
          "a soul (40 bytes in Base58, about 54 characters)", Soul::parse, Soul::encoded);

  private IdentitySection() {}

  static IdentityConfig read(ConfigSection s, Map<String, String> environment) {
    Optional<String> name =
        s.optional("name", "the host's name, or one drawn from the soul", ConfigReader.NAME);
    Optional<Soul> soul = s.secret("soul", SOUL);
    Optional<Path> file =
        s.optional("soul_file", "none", ConfigKind.path("a path of a file that holds a soul"));
    if (s.has("soul") && file.isPresent()) {
      s.addProblem("soul_file", "is given together with identity.soul: keep one of the two");
    }
    if (soul.isEmpty() && file.isPresent()) {
      soul = soulFromFile(file.get(), s);
    }
    String variable = environment.getOrDefault(ConfigReader.SOUL_VARIABLE, "");
    if (!variable.isEmpty()) {
      soul = Soul.parse(variable);
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
    return new IdentityConfig(name, soul);
  }

  /** False where files have no such permissions. */
  private static boolean isReadByOthers(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return view != null
        && view.readAttributes().permissions().stream()
            .anyMatch(
                permission ->
                    permission == PosixFilePermission.GROUP_READ
                        || permission == PosixFilePermission.OTHERS_READ);
  }

  private static Optional<Soul> soulFromFile(Path file, ConfigSection s) {
    // Reads a limited number of bytes: a device reports the size 0 and never ends.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = in.readNBytes(ConfigLimits.SOUL_FILE_BYTES);
      Optional<Soul> soul = Soul.parse(new String(text, StandardCharsets.UTF_8).strip());
      if (soul.isEmpty()) {
        s.addProblem("soul_file", printable(file) + " does not hold a soul");
      } else if (isReadByOthers(file)) {
        s.addWarning(
            "identity.soul_file: other users can read %s, and the soul is this nara's secret key; run chmod 600 %s"
                .formatted(SafeText.quoted(file.toString()), SafeText.escaped(file.toString())));
      }
      return soul;
    } catch (IOException unreadable) {
      s.addProblem("soul_file", printable(file) + " cannot be read as text");
      return Optional.empty();
    }
  }

  private static String printable(Path file) {
    return '"' + SafeText.excerpt(file.toString(), ConfigLimits.MAX_PARSER_MESSAGE) + '"';
  }
}
