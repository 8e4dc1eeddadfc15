package nara.cli.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import nara.event.Event;

/**
 * Writes events, one JSON object a line, with the bytes they came as. The one exception are ends of
 * lines between the tokens of an event: they mean nothing in JSON, would break the file, and become
 * blanks.
 */
public final class EventFileWriter {
  private EventFileWriter() {}

  /** Writes to a stream, which stays open; a stream that takes no more ends it silently. */
  public static void write(PrintStream out, List<Event> events) {
    try {
      writeLines(out, events);
    } catch (IOException impossible) {
      throw new UncheckedIOException("a PrintStream keeps its troubles to itself", impossible);
    }
    out.flush();
  }

  /**
   * Writes a file, gzipped when its name ends in {@code .gz}; whoever looks finds the old file or
   * the new one, never a part. A device, a pipe or a link is written to as it is.
   *
   * @throws CommandFailure when it cannot be written
   */
  public static void write(Path path, List<Event> events) {
    // A device or a link is written through, never put aside for a file of its name.
    boolean replaceable =
        !Files.isSymbolicLink(path) && (Files.isRegularFile(path) || !Files.exists(path));
    Path target = replaceable ? path.resolveSibling(path.getFileName() + ".new") : path;
    try {
      try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16);
          OutputStream out = path.toString().endsWith(".gz") ? new GZIPOutputStream(file) : file) {
        writeLines(out, events);
      }
      if (replaceable) {
        replace(target, path);
      }
    } catch (IOException trouble) {
      if (replaceable) {
        deleteSuppressing(target, trouble);
      }
      throw new CommandFailure(path + " cannot be written: " + reason(trouble));
    }
  }

  private static void replace(Path temporary, Path path) throws IOException {
    try {
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException elsewhere) {
      Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteSuppressing(Path part, IOException trouble) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException also) {
      trouble.addSuppressed(also);
    }
  }

  private static String reason(IOException trouble) {
    return switch (trouble) {
      case NoSuchFileException missing -> "its directory does not exist";
      case AccessDeniedException denied -> "permission denied";
      default -> trouble.getMessage();
    };
  }

  private static void writeLines(OutputStream out, List<Event> events) throws IOException {
    for (Event event : events) {
      out.write(withoutLineBreaks(event.json()));
      out.write('\n');
    }
  }

  private static byte[] withoutLineBreaks(byte[] json) {
    byte[] line = null;
    for (int i = 0; i < json.length; i++) {
      if (json[i] == '\n' || json[i] == '\r') {
        line = line == null ? json.clone() : line;
        line[i] = ' ';
      }
    }
    return line == null ? json : line;
  }
}
