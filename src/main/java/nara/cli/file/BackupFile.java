package nara.cli.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file of events that a command writes again and again: a worse result does not replace it. */
public final class BackupFile {
  private BackupFile() {}

  /** Where a result goes that does not replace the file. */
  public static Path beside(Path file) {
    return file.resolveSibling("partial-" + file.getFileName());
  }

  /**
   * The reason to keep an existing file; empty when the result may replace it.
   *
   * @param events of the result
   * @param failure why the result is worse than any file that has events
   * @param force whether the result may have fewer events than the file
   * @param hint another way to a result that is not smaller
   */
  public static Optional<String> reasonToKeep(
      Path file, long events, Optional<String> failure, boolean force, String hint) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    long existing = EventFileReader.count(file);
    if (existing == 0) {
      return Optional.empty();
    }
    if (failure.isPresent()) {
      return failure;
    }
    return events < existing && !force
        ? Optional.of(
            "it has %,d events and the result only %,d; --force replaces it, %s"
                .formatted(existing, events, hint))
        : Optional.empty();
  }
}
