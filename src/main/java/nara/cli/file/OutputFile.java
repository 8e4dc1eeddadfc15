package nara.cli.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import nara.file.AtomicFile;

/** A file that a command writes for its user. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * Replaces or makes a file as a whole; see {@link AtomicFile}. A link stays, and the file behind
   * it is replaced. A device or a pipe that the user names is written to directly.
   *
   * @throws CommandFailure when it cannot be written
   */
  public static void write(Path path, AtomicFile.Content content) {
    boolean replaceable = Files.isRegularFile(path) || !Files.exists(path);
    try {
      if (replaceable) {
        AtomicFile.write(AtomicFile.target(path), content);
      } else {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
          content.writeTo(out);
        }
      }
    } catch (IOException failure) {
      throw CommandFailure.unwritable(path, failure);
    }
  }
}
