package nara.node.config;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.file.FileFault;
import nara.identity.Identity;
import nara.identity.Soul;

/**
 * The native soul in its state folder. The hardware's properties change: root can read an id that a
 * service user cannot, and network cards come and go. The node must stay the same nara, so it keeps
 * the soul that it first derived.
 */
final class KeptSoul {
  private KeptSoul() {}

  /**
   * The default state folder: the service manager's, else the user's.
   *
   * @return empty without a home
   */
  static Optional<Path> defaultFolder(Map<String, String> environment) {
    return variable(environment, "STATE_DIRECTORY")
        // The service manager may give several folders.
        .map(folders -> Path.of(folders.split(":")[0]))
        .or(() -> variable(environment, "XDG_STATE_HOME").map(home -> Path.of(home, "nara")))
        .or(() -> variable(environment, "HOME").map(home -> Path.of(home, ".local/state/nara")));
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> value.startsWith("/"));
  }

  /**
   * The native identity: the kept one, else the one of the hardware.
   *
   * <p>The soul stays where it is found. A setting that came later, such as that of a snapshot,
   * prefers another folder, but does not make another nara of this node.
   *
   * @param folders that may hold the soul; a new one goes into the first
   * @param name configured, or ""
   * @param keeps whether to write the file when there is none
   * @throws IllegalArgumentException with a sentence for the operator
   */
  static ChosenIdentity choose(
      List<Path> folders,
      String name,
      String hostname,
      Optional<byte[]> fingerprint,
      boolean keeps) {
    List<String> notes = new ArrayList<>();
    List<Path> files =
        folders.stream().map(each -> each.resolve(fileName(name, hostname))).toList();
    Map<Path, Soul> found = new LinkedHashMap<>();
    for (Path each : files) {
      (found.isEmpty() ? read(each) : readIfPossible(each))
          .ifPresent(soul -> found.put(each, soul));
    }
    if (!found.isEmpty()) {
      Path file = found.keySet().iterator().next();
      noteOtherPlaces(files, file, found, notes);
      Identity identity =
          Identity.resolve(name, found.get(file).encoded(), hostname, Optional.empty());
      if (fingerprint.isPresent()
          && !Identity.resolve(name, "", hostname, fingerprint).id().equals(identity.id())) {
        notes.add(
            "the hardware of this machine, or what this user can read of it, has changed since the"
                + " soul in %s was derived; this node keeps that soul".formatted(file));
      }
      return new ChosenIdentity(identity, "the native soul kept in " + file, notes);
    }
    Identity identity = Identity.resolve(name, "", hostname, fingerprint);
    String origin = "this machine's hardware";
    if (keeps) {
      origin += keep(files.stream().findFirst(), identity.soul(), notes);
    }
    return new ChosenIdentity(identity, origin, notes);
  }

  private static void noteOtherPlaces(
      List<Path> files, Path used, Map<Path, Soul> found, List<String> notes) {
    if (!used.equals(files.getFirst())) {
      notes.add(
          "the native soul stays in %s, where it was before another folder was configured; this node remains the same nara"
              .formatted(used));
    }
    found.forEach(
        (other, soul) -> {
          if (!soul.encoded().equals(found.get(used).encoded())) {
            notes.add(
                "%s holds another native soul, which is not used; this node uses that in %s"
                    .formatted(other, used));
          }
        });
  }

  /** A soul that is not used must not keep the node from starting. */
  private static Optional<Soul> readIfPossible(Path file) {
    try {
      return read(file);
    } catch (IllegalArgumentException unusable) {
      return Optional.empty();
    }
  }

  private static Optional<Soul> read(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (Files.exists(parent) && !Files.isDirectory(parent)) {
      return Optional.empty();
    }
    try {
      Optional<Soul> soul = SoulFile.readConfigured(file);
      if (soul.isEmpty()) {
        throw new IllegalArgumentException(
            file + " does not hold a soul; restore it, or delete it to derive the soul again");
      }
      return soul;
    } catch (NoSuchFileException none) {
      if (Files.isSymbolicLink(file)) {
        throw new IllegalArgumentException(
            "%s, the soul of this nara, is a link to a missing file; restore that file, or set identity.soul_file"
                .formatted(file));
      }
      return Optional.empty();
    } catch (IOException failure) {
      throw new IllegalArgumentException(
          "%s, the soul of this nara, cannot be read (%s); make this user its owner, or set identity.soul_file"
              .formatted(file, reason(failure)));
    }
  }

  private static String keep(Optional<Path> file, Soul soul, List<String> notes) {
    if (file.isEmpty()) {
      notes.add(
          "the native soul is not kept, because this user has no home; set identity.state to a"
              + " directory, or the soul may change with the user and the network cards");
      return "";
    }
    try {
      Files.createDirectories(file.get().toAbsolutePath().getParent());
      SoulFile.create(file.get(), soul);
      return "; kept in " + file.get();
    } catch (IOException failed) {
      notes.add(
          "the native soul cannot be kept in %s (%s); set identity.state to a writable directory, or the soul may change with the user and the network cards"
              .formatted(file.get(), reason(failed)));
      return "";
    }
  }

  private static String reason(IOException failure) {
    return SafeText.excerpt(FileFault.reason(failure));
  }

  /** Naras of other names on this machine have other native souls. */
  private static String fileName(String name, String hostname) {
    String text = name.isEmpty() ? hostname : name;
    return "soul-" + URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A");
  }
}
