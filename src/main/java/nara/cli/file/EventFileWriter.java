package nara.cli.file;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import nara.event.Event;

/**
 * Writes events, one JSON object a line, byte for byte as received. Only line ends between the
 * tokens of an event become spaces: JSON ignores them, but they would break the file.
 */
public final class EventFileWriter {
  private EventFileWriter() {}

  /** Writes to a stream and leaves it open. The stream records its own write failures. */
  public static void write(PrintStream out, List<Event> events) {
    try {
      writeLines(out, events);
    } catch (IOException impossible) {
      throw new UncheckedIOException("a PrintStream throws no IOException", impossible);
    }
    out.flush();
  }

  /**
   * Writes a file, gzipped when its name ends in {@code .gz}. The write is atomic: readers see the
   * old file or the new one, never a part. A device or a pipe is written to directly.
   *
   * @throws CommandFailure when the file cannot be written
   */
  public static void write(Path path, List<Event> events) {
    boolean gzipped = path.toString().endsWith(".gz");
    OutputFile.write(
        path,
        out -> {
          if (!gzipped) {
            writeLines(out, events);
            return;
          }
          GZIPOutputStream gzip = new GZIPOutputStream(out);
          writeLines(gzip, events);
          gzip.finish();
        });
  }

  private static void writeLines(OutputStream out, List<Event> events) throws IOException {
    for (Event event : events) {
      writeLine(out, event.json());
    }
  }

  /** Writes one event as a line. */
  static void writeLine(OutputStream out, byte[] json) throws IOException {
    out.write(withoutLineBreaks(json));
    out.write('\n');
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
