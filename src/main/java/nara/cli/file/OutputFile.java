package nara.cli.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import nara.file.AtomicFile;
import nara.identity.Soul;

/** A file that a command writes for its user. */
public final class OutputFile {
  /** A soul has some 54 characters, and white space around it. */
  private static final int MAX_SOUL_BYTES = 1_024;

  private OutputFile() {}

  /**
   * Replaces or makes a file as a whole; see {@link AtomicFile}. A link stays, and the file behind
   * it is replaced. A device or a pipe that the user names is written to directly.
   *
   * @throws CommandFailure when it cannot be written, or see {@link #requireReplaceable}
   */
  public static void write(Path path, AtomicFile.Content content) {
    requireReplaceable(path);
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

  /**
   * Checks, before a long command, that its output can be written.
   *
   * @throws CommandFailure when the file is a directory, or in no writable one, or see {@link
   *     #requireReplaceable}
   */
  public static void requireWritable(Path file) {
    requireReplaceable(file);
    Path directory;
    try {
      directory = AtomicFile.target(file).getParent();
    } catch (IOException loop) {
      throw new CommandFailure(file + " cannot be written: it is a link that leads to itself");
    }
    String fault = "";
    if (Files.isDirectory(file)) {
      fault = "it is a directory";
    } else if (directory == null || !Files.isDirectory(directory)) {
      fault = "its directory does not exist";
    } else if (!Files.isWritable(directory)) {
      fault = "this user may not write in its directory";
    }
    if (!fault.isEmpty()) {
      String link =
          Files.isSymbolicLink(file) ? "it is a link to a file in " + directory + ", and " : "";
      throw new CommandFailure(
          "%s cannot be written: %s%s; give a file in a writable directory"
              .formatted(file, link, fault));
    }
  }

  /**
   * Checks that events may replace this file.
   *
   * @throws CommandFailure when it holds something else
   */
  public static void requireNothingElse(Path file) {
    if (EventFileReader.holdsOther(file)) {
      throw new CommandFailure(
          file + " holds something else than events, and stays; write to another file");
    }
  }

  /**
   * Checks that a result may replace this file. A snapshot also has its node's keys and stash. A
   * soul cannot be made again.
   *
   * @throws CommandFailure when the file is a node's snapshot, or holds a soul
   */
  public static void requireReplaceable(Path file) {
    if (EventFileReader.isSnapshot(file)) {
      throw new CommandFailure(
          "%s is the snapshot of a node, and stays; write to another file. A node imports events by nara run --import, or while it runs by nara ledger import --to"
              .formatted(file));
    }
    if (holdsSoul(file)) {
      throw new CommandFailure(
          file + " holds the soul of a nara, and is never overwritten; write to another file");
    }
  }

  private static boolean holdsSoul(Path file) {
    try {
      return Files.isRegularFile(file)
          && Files.size(file) <= MAX_SOUL_BYTES
          && Soul.parse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip())
              .isPresent();
    } catch (IOException unreadable) {
      return false;
    }
  }
}
