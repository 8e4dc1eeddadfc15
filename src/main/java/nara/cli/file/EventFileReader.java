package nara.cli.file;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import nara.event.EventLimits;
import nara.event.ReadResult;
import nara.event.Service;
import nara.event.json.EventReader;
import nara.snapshot.SnapshotLines;

/**
 * Reads a file of events: one JSON object a line, plain or gzipped. The first bytes tell whether it
 * is gzipped, not the name. The file may have any size. The reader skips a line that is longer than
 * an event may be, without holding it. Of a snapshot it reads the events only: the other lines are
 * trusted under the snapshot's seal, which only its own node can check.
 */
public final class EventFileReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int GZIP_MAGIC = 0x1f8b;

  /** A batch ends with the line that passes this. Two batches may be in memory. */
  private static final int MAX_BATCH_BYTES = 8 << 20;

  /** A file is rejected when its first line is binary and so many lines hold no object. */
  private static final int INSPECTED_LINES = 100;

  /** Lines in memory while lines are counted. */
  private static final int COUNT_BATCH = 1_000;

  /**
   * A line that is not blank.
   *
   * @param number from 1; blank lines count
   * @param bytes without the line end; empty when the line is too long
   * @param length of the line in bytes
   */
  public record Line(long number, byte[] bytes, long length) {
    /** Whether the line has the service of a hey-there, or an escape that may hide it. */
    public boolean mayAnnounce() {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      return text.contains(Service.HEY_THERE.wireName()) || text.contains("\\u");
    }

    /** Reads the event in this line. */
    public ReadResult read(EventReader reader) {
      return length <= EventLimits.MAX_EVENT_BYTES
          ? reader.read(bytes)
          : new ReadResult.Unreadable(
              "",
              "the line has %,d bytes; at most %,d are allowed"
                  .formatted(length, EventLimits.MAX_EVENT_BYTES));
    }
  }

  /** Reads the events of these lines on all cores: a result for each line, in order. */
  public static List<ReadResult> readEvents(List<Line> lines, EventReader reader) {
    return lines.parallelStream().map(line -> line.read(reader)).toList();
  }

  private final Path path;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int end;
  private long lineNumber;
  private boolean isSnapshot;
  private String problem;

  private EventFileReader(Path path, InputStream in) {
    this.path = path;
    this.in = in;
  }

  /**
   * Opens a file.
   *
   * @throws CommandFailure when the file is missing or cannot be read
   */
  public static EventFileReader open(Path path) {
    BoundedFile.rejectDirectory(path, "a file of events");
    try {
      InputStream file = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES);
      try {
        InputStream text =
            isGzip(file)
                ? new BufferedInputStream(new GZIPInputStream(file, BUFFER_BYTES), BUFFER_BYTES)
                : file;
        BoundedFile.skipByteOrderMark(text);
        return new EventFileReader(path, text);
      } catch (IOException failure) {
        file.close();
        throw failure;
      }
    } catch (IOException failure) {
      throw failure(path, 0, failure);
    }
  }

  /**
   * Reads a whole file in batches of at most {@code size} lines.
   *
   * @return see {@link #problem}
   * @throws CommandFailure when the file is missing or cannot be read
   */
  public static Optional<String> forEachBatch(Path path, int size, Consumer<List<Line>> action) {
    try (EventFileReader file = open(path)) {
      List<Line> lines;
      while (!(lines = file.nextBatch(size)).isEmpty()) {
        action.accept(lines);
      }
      return file.problem();
    }
  }

  /**
   * Reads a whole file in batches: first the lines that {@linkplain Line#mayAnnounce may announce}
   * a nara, then the others. The events of a large file would not all find room while they wait for
   * a key. A pipe can be read only once, so its lines come in their order.
   *
   * @return see {@link #problem}
   * @throws CommandFailure when the file is missing or cannot be read
   */
  public static Optional<String> forEachBatchKeysFirst(
      Path path, int size, Predicate<List<Line>> action) {
    if (!Files.isRegularFile(path)) {
      return forEachBatch(path, size, line -> true, action);
    }
    forEachBatch(path, size, Line::mayAnnounce, action);
    return forEachBatch(path, size, line -> !line.mayAnnounce(), action);
  }

  private static Optional<String> forEachBatch(
      Path path, int size, Predicate<Line> which, Predicate<List<Line>> action) {
    try (EventFileReader file = open(path)) {
      List<Line> lines;
      boolean goesOn = true;
      while (goesOn && !(lines = file.nextBatch(size)).isEmpty()) {
        List<Line> chosen = lines.stream().filter(which).toList();
        goesOn = chosen.isEmpty() || action.test(chosen);
      }
      return file.problem();
    }
  }

  /** Whether the file has lines, and none of the first ones is an event. */
  static boolean holdsOther(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    EventReader reader = new EventReader();
    try (EventFileReader file = open(path)) {
      List<Line> first = file.nextBatch(COUNT_BATCH);
      return !first.isEmpty()
          && first.stream().allMatch(line -> line.read(reader) instanceof ReadResult.Unreadable);
    } catch (CommandFailure unreadable) {
      return true;
    }
  }

  /** Why the end of a gzipped file is missing, in a sentence; empty when nothing is. */
  public Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Counts the lines that may be events, as far as the file can be read. */
  public static long count(Path path) {
    long[] lines = {0};
    try {
      forEachBatch(path, COUNT_BATCH, batch -> lines[0] += batch.size());
    } catch (CommandFailure unreadable) {
      return lines[0];
    }
    return lines[0];
  }

  /** Whether the file is the snapshot of a node, as far as it can be read. */
  static boolean isSnapshot(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (EventFileReader file = open(path)) {
      Line first = file.nextLine();
      return first != null && SnapshotLines.isHeader(first.bytes());
    } catch (IOException | CommandFailure unreadable) {
      return false;
    }
  }

  private static boolean isGzip(InputStream file) throws IOException {
    file.mark(2);
    int magic = file.read() << 8 | file.read();
    file.reset();
    return magic == GZIP_MAGIC;
  }

  /**
   * Returns the next lines that may be events; none at the end of the file.
   *
   * @param limit at most so many lines, and fewer of them when they have several megabytes
   * @throws CommandFailure when the file holds other JSON or is binary, or the rest cannot be read;
   *     a gzipped file that is cut off ends, with a {@link #problem}, unless nothing of its first
   *     line is left
   */
  public List<Line> nextBatch(int limit) {
    List<Line> lines = new ArrayList<>();
    boolean isFirst = lineNumber == 0;
    long bytes = 0;
    try {
      Line line;
      while (lines.size() < limit && bytes < MAX_BATCH_BYTES && (line = nextLine()) != null) {
        isSnapshot |= lineNumber == 1 && SnapshotLines.isHeader(line.bytes());
        if (lineNumber == 1 && !isSnapshot) {
          rejectOtherJson(line);
        }
        if (!isBlank(line) && !(isSnapshot && SnapshotLines.isMetadata(line.bytes()))) {
          lines.add(line);
          bytes += line.bytes().length;
        }
      }
    } catch (IOException failure) {
      throw failure(path, lineNumber, failure);
    }
    if (lineNumber == 0 && problem != null) {
      throw new CommandFailure(problem + ", so nothing can be read");
    }
    if (isFirst) {
      rejectBinary(lines);
    }
    return lines;
  }

  /**
   * Rejects a file that is clearly no text. A few lines of garbage before the first event are no
   * reason: each line gets its verdict.
   */
  private void rejectBinary(List<Line> lines) {
    if (!lines.isEmpty()
        && isBinary(lines.getFirst())
        && lines.stream().limit(INSPECTED_LINES).noneMatch(EventFileReader::isObject)) {
      throw new CommandFailure(
          path
              + " is a binary file, or its text is not in UTF-8; give a file of events, plain or"
              + " gzipped");
    }
  }

  /**
   * Rejects an array or an indented object, and says how to convert it. Other tools write these.
   */
  private void rejectOtherJson(Line line) {
    String start = new String(line.bytes(), StandardCharsets.UTF_8).strip();
    if (start.matches("\\[\\s*(?:\\{.*)?")) {
      throw new CommandFailure(
          "%s is a JSON array, but each event needs a line of its own: jq -c '.[]' %s > events.jsonl"
              .formatted(path, path));
    }
    if (start.equals("{")) {
      throw new CommandFailure(
          "%s is indented JSON, but each event needs one line: jq -c . %s > events.jsonl"
              .formatted(path, path));
    }
  }

  private static boolean isBinary(Line line) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.bytes()));
      return new String(line.bytes(), StandardCharsets.ISO_8859_1).indexOf('\0') >= 0;
    } catch (CharacterCodingException noText) {
      return true;
    }
  }

  private static boolean isObject(Line line) {
    String text = new String(line.bytes(), StandardCharsets.ISO_8859_1).strip();
    return text.startsWith("{") && text.endsWith("}");
  }

  private static boolean isBlank(Line line) {
    for (byte b : line.bytes()) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return line.length() == line.bytes().length;
  }

  /** Returns the next line, blank or not; null at the end. */
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
    return new Line(
        lineNumber, length <= EventLimits.MAX_EVENT_BYTES ? bytes : new byte[0], length);
  }

  private boolean fill() throws IOException {
    position = 0;
    end = 0;
    try {
      end = problem == null ? Math.max(0, in.read(buffer)) : 0;
    } catch (EOFException cut) {
      problem = path + " is cut off: its gzip stream ends after line " + lineNumber;
    } catch (ZipException corrupt) {
      problem = path + " is corrupt: its gzip stream cannot be unpacked after line " + lineNumber;
    }
    return end > 0;
  }

  private static CommandFailure failure(Path path, long line, IOException failure) {
    return switch (failure) {
      case EOFException cut ->
          new CommandFailure(path + " is cut off: its gzip stream ends after line " + line);
      case ZipException corrupt ->
          new CommandFailure(
              path + " is corrupt: its gzip stream cannot be unpacked after line " + line);
      default -> CommandFailure.unreadable(path, failure);
    };
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException failure) {
      throw failure(path, lineNumber, failure);
    }
  }
}
