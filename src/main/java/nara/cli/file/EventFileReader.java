package nara.cli.file;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import nara.event.EventLimits;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.snapshot.SnapshotLines;

/**
 * A file of events, one JSON object a line, plain or gzipped (its first bytes tell which, not its
 * name). It is read line by line, so that its size does not matter; a line longer than an event may
 * be is skipped without being held. Of a snapshot only the events are read: what it says beside
 * them counts under its seal, which only its own node can check.
 */
public final class EventFileReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_MAGIC = 0x1f8b;

  /**
   * One line that is not blank.
   *
   * @param number from 1, blank lines counted
   * @param bytes without the end of the line; empty when it is too long
   * @param length of the line in bytes
   */
  public record Line(long number, byte[] bytes, long length) {
    /** The event in it, as far as there is one. */
    public ReadResult read(EventReader reader) {
      return length <= EventLimits.MAX_EVENT_BYTES
          ? reader.read(bytes)
          : new ReadResult.Unreadable(
              "",
              "a line of %,d bytes, over the %,d allowed"
                  .formatted(length, EventLimits.MAX_EVENT_BYTES));
    }
  }

  private final Path path;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int end;
  private long lineNumber;
  private boolean isSnapshot;

  private EventFileReader(Path path, InputStream in) {
    this.path = path;
    this.in = in;
  }

  /**
   * Opens the file.
   *
   * @throws CommandFailure when it is not there or cannot be read
   */
  public static EventFileReader open(Path path) {
    if (Files.isDirectory(path)) {
      throw new CommandFailure(path + " is a directory; give a file of events");
    }
    InputStream file = null;
    try {
      file = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
      InputStream text =
          isGzip(file)
              ? new BufferedInputStream(new GZIPInputStream(file, BUFFER_BYTES), BUFFER_BYTES)
              : file;
      ByteOrderMark.skip(text);
      return new EventFileReader(path, text);
    } catch (IOException trouble) {
      if (file != null) {
        closeSuppressing(file, trouble);
      }
      throw failure(path, 0, trouble);
    }
  }

  private static void closeSuppressing(InputStream file, IOException trouble) {
    try {
      file.close();
    } catch (IOException also) {
      trouble.addSuppressed(also);
    }
  }

  private static boolean isGzip(InputStream file) throws IOException {
    file.mark(2);
    int magic = file.read() << 8 | file.read();
    file.reset();
    return magic == GZIP_MAGIC;
  }

  /**
   * The next lines that may be events, at most so many; none at the end of the file.
   *
   * @throws CommandFailure when the rest of the file cannot be read
   */
  public List<Line> nextBatch(int limit) {
    List<Line> lines = new ArrayList<>();
    try {
      Line line;
      while (lines.size() < limit && (line = nextLine()) != null) {
        isSnapshot |= lineNumber == 1 && SnapshotLines.isHeader(line.bytes());
        if (!isBlank(line) && !(isSnapshot && SnapshotLines.isMetadata(line.bytes()))) {
          lines.add(line);
        }
      }
    } catch (IOException trouble) {
      throw failure(path, lineNumber, trouble);
    }
    return lines;
  }

  private static boolean isBlank(Line line) {
    for (byte b : line.bytes()) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return line.length() == line.bytes().length;
  }

  /** The next line, blank or not; null at the end. */
  private Line nextLine() throws IOException {
    if (position == end && !fill()) {
      return null;
    }
    lineNumber++;
    ByteArrayOutputStream text = new ByteArrayOutputStream(512);
    long length = 0;
    do {
      int newline = position;
      while (newline < end && buffer[newline] != '\n') {
        newline++;
      }
      length += newline - position;
      if (length <= EventLimits.MAX_EVENT_BYTES + 1L) {
        text.write(buffer, position, newline - position);
      }
      position = newline;
      if (position < end) {
        position++;
        break;
      }
    } while (fill());
    byte[] bytes = text.toByteArray();
    if (length == bytes.length && length > 0 && bytes[bytes.length - 1] == '\r') {
      bytes = Arrays.copyOf(bytes, bytes.length - 1);
      length--;
    }
    return length <= EventLimits.MAX_EVENT_BYTES
        ? new Line(lineNumber, bytes, length)
        : new Line(lineNumber, new byte[0], length);
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private static CommandFailure failure(Path path, long line, IOException trouble) {
    return new CommandFailure(
        switch (trouble) {
          case NoSuchFileException missing -> "there is no file " + path;
          case AccessDeniedException denied -> path + " may not be read: permission denied";
          case EOFException cut ->
              path + " is cut off: its gzip stream ends in the middle, after line " + line;
          case ZipException corrupt ->
              path + " is corrupt: its gzip stream cannot be unpacked after line " + line;
          default -> path + " cannot be read: " + trouble.getMessage();
        });
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException trouble) {
      throw failure(path, lineNumber, trouble);
    }
  }
}
