package nara.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import nara.event.EventLimits;

/**
 * Reads a snapshot in parts of bounded size.
 *
 * <p>It checks the seal over the whole file before it returns the first part. Without a valid seal
 * it trusts nothing in the file. Then it leaves out the keys and returns the events for
 * verification, within limits and as far as it can read lines.
 *
 * <p>Not thread-safe.
 */
final class SnapshotReader implements AutoCloseable {
  /** The most events of one part: what trust verifies on all cores at a time. */
  static final int PART_EVENTS = 5_000;

  /** The size at which a part ends, so that parts of large events have fewer of them. */
  static final int PART_BYTES = 1 << 22;

  /**
   * The average size of an unpacked event that a file without a seal may have. Real events have 475
   * bytes. The limit stops a file that unpacks to terabytes.
   */
  private static final long BYTES_PER_EVENT = 4_096;

  private static final long OVERHEAD_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 16;

  sealed interface Part {}

  /** Keys from a sealed file. */
  record KeysPart(List<SnapshotKey> keys) implements Part {}

  /**
   * Events.
   *
   * @param events the JSON of each
   * @param valid whether a sealed file says that they were verified as valid
   */
  record EventsPart(List<byte[]> events, boolean valid) implements Part {}

  /**
   * The end.
   *
   * @param problem a clause that says what could not be read; otherwise empty
   */
  record EndOfSnapshot(String problem) implements Part {}

  private final FileChannel channel;
  private final boolean sealed;
  private final byte[] expectedSeal;
  private final HmacSeal seal;
  private final InputStream input;
  private final long maxEvents;
  private final long maxBytes;

  private InputStream lines;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int bufferPosition;
  private int bufferLimit;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 10);
  private long lineNumber;
  private long unpackedBytes;
  private long eventCount;
  private long oversizedLines;
  private boolean verdictValid;

  /** A line that was read but belongs to the next part. */
  private byte[] pushedBackLine;

  private final Map<String, ByteArrayOutputStream> sections = new HashMap<>();
  private String problem;
  private EndOfSnapshot end;

  private SnapshotReader(FileChannel channel, byte[] key, long maxEvents) throws IOException {
    this.channel = channel;
    this.seal = new HmacSeal(key);
    long size = channel.size();
    long covered = Math.max(0, size - HmacSeal.LENGTH);
    readRest(new SealingInputStream(channel, covered, seal));
    this.expectedSeal = seal.gzipMember();
    byte[] found = Channels.newInputStream(channel.position(covered)).readNBytes(HmacSeal.LENGTH);
    this.sealed = MessageDigest.isEqual(expectedSeal, found);
    this.input = new SealingInputStream(channel, sealed ? covered : size, seal);
    this.maxEvents = sealed ? Long.MAX_VALUE : maxEvents;
    this.maxBytes = sealed ? Long.MAX_VALUE : maxEvents * BYTES_PER_EVENT + OVERHEAD_BYTES;
  }

  /**
   * Opens a file and reads it once to check its seal.
   *
   * @param maxEvents how many events are read from a file without a valid seal
   * @throws IOException when the file is unreadable
   */
  static SnapshotReader open(Path path, byte[] key, long maxEvents) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new SnapshotReader(channel, key, maxEvents);
    } catch (IOException unreadable) {
      channel.close();
      throw unreadable;
    }
  }

  /** The bytes of other parts, by name; complete after the last part, empty without a seal. */
  Map<String, byte[]> sections() {
    Map<String, byte[]> complete = new HashMap<>();
    sections.forEach((name, bytes) -> complete.put(name, bytes.toByteArray()));
    return complete;
  }

  /** Whether the file has a valid seal of this node's soul. */
  boolean sealed() {
    return sealed;
  }

  /**
   * The next part. After the last one it keeps returning {@link EndOfSnapshot}.
   *
   * @throws SnapshotChangedException when the file changed after its seal was checked
   */
  Part next() throws SnapshotChangedException {
    List<SnapshotKey> keys = new ArrayList<>();
    List<byte[]> events = new ArrayList<>();
    int bytes = 0;
    while (events.size() < PART_EVENTS && bytes < PART_BYTES && keys.size() < PART_EVENTS) {
      byte[] next = nextLine();
      if (next == null) {
        break;
      }
      boolean isMetadata = SnapshotLines.isMetadata(next);
      if (isMetadata && !sealed) {
        continue;
      }
      if (isMetadata ? !events.isEmpty() : !keys.isEmpty()) {
        pushedBackLine = next;
        break;
      }
      if (isMetadata) {
        List<String> fields = SnapshotLines.fields(next);
        SnapshotLines.parseKey(fields).ifPresent(keys::add);
        SnapshotLines.parseSection(fields)
            .ifPresent(
                piece ->
                    sections
                        .computeIfAbsent(piece.name(), name -> new ByteArrayOutputStream())
                        .writeBytes(piece.bytes()));
        verdictValid = SnapshotLines.parseValid(fields).orElse(verdictValid);
      } else if (eventCount == maxEvents) {
        problem = "the file has more than the allowed %,d events".formatted(maxEvents);
      } else {
        eventCount++;
        events.add(next);
        bytes += next.length;
      }
    }
    if (!keys.isEmpty()) {
      return new KeysPart(keys);
    }
    return events.isEmpty() ? endOfSnapshot() : new EventsPart(events, verdictValid);
  }

  private Part endOfSnapshot() throws SnapshotChangedException {
    if (end != null) {
      return end;
    }
    if (sealed) {
      try {
        readRest(input);
      } catch (IOException unreadable) {
        throw new SnapshotChangedException();
      }
      if (problem != null || !MessageDigest.isEqual(expectedSeal, seal.gzipMember())) {
        throw new SnapshotChangedException();
      }
    }
    List<String> problems = new ArrayList<>();
    if (problem != null) {
      problems.add(problem);
    }
    if (oversizedLines > 0) {
      problems.add("%,d lines are longer than an event may be".formatted(oversizedLines));
    }
    end = new EndOfSnapshot(String.join(", and ", problems));
    return end;
  }

  private static void readRest(InputStream in) throws IOException {
    in.transferTo(OutputStream.nullOutputStream());
  }

  /** The next line that is neither empty nor too long; null at the end or after a problem. */
  private byte[] nextLine() {
    if (pushedBackLine != null) {
      byte[] again = pushedBackLine;
      pushedBackLine = null;
      return again;
    }
    if (problem != null) {
      return null;
    }
    try {
      if (lines == null) {
        lines = new GZIPInputStream(input, BUFFER_BYTES);
      }
      byte[] read = readLine();
      while (read != null && read.length == 0) {
        read = readLine();
      }
      return read;
    } catch (EOFException cut) {
      problem = "the file is cut off" + place();
    } catch (ZipException corrupt) {
      problem = "the file cannot be unpacked" + place();
    } catch (IOException unreadable) {
      problem = "the file cannot be read%s (%s)".formatted(place(), unreadable.getMessage());
    }
    return null;
  }

  private String place() {
    return lineNumber == 0 ? "" : " after line " + lineNumber;
  }

  /** The next line; empty when it is too long; null at the end. */
  private byte[] readLine() throws IOException {
    line.reset();
    long length = 0;
    while (bufferPosition < bufferLimit || fill()) {
      int newline = bufferPosition;
      while (newline < bufferLimit && buffer[newline] != '\n') {
        newline++;
      }
      int start = bufferPosition;
      length += newline - start;
      bufferPosition = newline + 1;
      boolean tooLong = length > EventLimits.MAX_EVENT_BYTES;
      if (newline < bufferLimit && line.size() == 0 && !tooLong) {
        lineNumber++;
        return Arrays.copyOfRange(buffer, start, newline);
      }
      if (!tooLong) {
        line.write(buffer, start, newline - start);
      }
      if (newline < bufferLimit) {
        lineNumber++;
        oversizedLines += tooLong ? 1 : 0;
        return tooLong ? new byte[0] : line.toByteArray();
      }
    }
    // A complete file ends with a newline.
    if (length > 0 && problem == null) {
      problem = "the last line is cut off";
    }
    return null;
  }

  private boolean fill() throws IOException {
    if (unpackedBytes > maxBytes) {
      problem = "the file has more than the allowed %,d bytes".formatted(maxBytes);
      return false;
    }
    bufferPosition = 0;
    bufferLimit = Math.max(0, lines.read(buffer));
    unpackedBytes += bufferLimit;
    return bufferLimit > 0;
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
    channel.close();
  }

  /** Reads a file up to a limit and adds the bytes to a seal. */
  private static final class SealingInputStream extends InputStream {
    private final FileChannel channel;
    private final long limit;
    private final HmacSeal seal;
    private long position;

    SealingInputStream(FileChannel channel, long limit, HmacSeal seal) {
      this.channel = channel;
      this.limit = limit;
      this.seal = seal;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int most = (int) Math.min(length, limit - position);
      if (most <= 0) {
        return length == 0 ? 0 : -1;
      }
      int read = channel.read(ByteBuffer.wrap(bytes, offset, most), position);
      if (read > 0) {
        position += read;
        seal.update(bytes, offset, read);
      }
      return read;
    }
  }
}
