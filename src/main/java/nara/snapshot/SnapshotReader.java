package nara.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import nara.event.EventLimits;
import nara.event.json.RawEvents;
import nara.identity.Keyring;

/**
 * Reads a snapshot part by part, never more of it in memory than one part, and says of each whether
 * the seal vouches for it.
 *
 * <p>The seal is checked over the whole file before the first part is given. Without it nothing in
 * the file is believed: keys are left out, and events are for the judge, as far as lines can be
 * read, within bounds.
 *
 * <p>For one thread at a time.
 */
final class SnapshotReader implements AutoCloseable {
  /** Events of one part; the judge spreads as many over all cores at a time. */
  static final int PART_EVENTS = 5_000;

  /** Bytes of one part's events, so that large events make smaller parts. */
  static final int PART_BYTES = 1 << 22;

  /**
   * Unpacked bytes an event is allowed on average where no seal vouches for the file: an honest one
   * has 475, so that a file that unpacks to terabytes ends soon.
   */
  private static final long BYTES_PER_EVENT = 4_096;

  private static final long OVERHEAD_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Some of what the file holds. */
  sealed interface Part {}

  /** Keys under the seal. */
  record KeysPart(List<Keyring.KeyEntry> entries) implements Part {}

  /**
   * Events.
   *
   * @param events not parsed
   * @param valid whether the seal says that they were judged valid
   */
  record EventsPart(RawEvents events, boolean valid) implements Part {}

  /** There is no more; trouble is the clause that says why, or empty when all was read. */
  record EndOfSnapshot(String trouble) implements Part {}

  private final FileChannel channel;
  private final boolean sealed;
  private final byte[] expectedSeal;
  private final SealingInputStream input;
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

  /** A line that was met but belongs to the next part. */
  private byte[] pushedBackLine;

  private String trouble;

  private SnapshotReader(FileChannel channel, byte[] key, long maxEvents) throws IOException {
    this.channel = channel;
    long size = channel.size();
    long covered = Math.max(0, size - HmacSeal.LENGTH);
    SealingInputStream whole = new SealingInputStream(channel, covered, new HmacSeal(key));
    whole.drain();
    this.expectedSeal = whole.seal();
    ByteBuffer found = ByteBuffer.allocate(HmacSeal.LENGTH);
    while (found.hasRemaining() && channel.read(found, covered + found.position()) > 0) {
      // A read may bring less than there is room for.
      continue;
    }
    this.sealed = MessageDigest.isEqual(expectedSeal, found.array());
    this.input = new SealingInputStream(channel, sealed ? covered : size, new HmacSeal(key));
    this.maxEvents = sealed ? Long.MAX_VALUE : maxEvents;
    this.maxBytes = sealed ? Long.MAX_VALUE : maxEvents * BYTES_PER_EVENT + OVERHEAD_BYTES;
  }

  /**
   * Opens a file and checks its seal, which reads it once.
   *
   * @param maxEvents how many events are taken from it when the seal is broken
   * @throws IOException when it cannot be read at all
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

  /** Whether the whole file is as this soul wrote it. */
  boolean sealed() {
    return sealed;
  }

  /**
   * The next part; the last one is an {@link EndOfSnapshot}, again and again.
   *
   * @throws SnapshotChangedException when the file was changed while it was read, so that what was
   *     believed of it must not be used
   */
  Part next() throws SnapshotChangedException {
    List<Keyring.KeyEntry> keys = new ArrayList<>();
    List<byte[]> events = new ArrayList<>();
    int bytes = 0;
    while (events.size() < PART_EVENTS && bytes < PART_BYTES && keys.size() < PART_EVENTS) {
      byte[] next = nextLine();
      if (next == null) {
        break;
      }
      if (!SnapshotLines.isMetadata(next)) {
        if (!keys.isEmpty()) {
          pushedBackLine = next;
          break;
        }
        if (eventCount == maxEvents) {
          trouble = "it holds more than the %,d events that are taken".formatted(maxEvents);
          break;
        }
        eventCount++;
        events.add(next);
        bytes += next.length;
      } else if (sealed) {
        if (!events.isEmpty()) {
          pushedBackLine = next;
          break;
        }
        List<String> texts = SnapshotLines.fields(next);
        SnapshotLines.parseKey(texts).ifPresent(keys::add);
        verdictValid = SnapshotLines.isVerdict(texts) ? SnapshotLines.isValid(texts) : verdictValid;
      }
    }
    if (!keys.isEmpty()) {
      return new KeysPart(keys);
    }
    return events.isEmpty()
        ? endOfSnapshot()
        : new EventsPart(RawEvents.join(events), verdictValid);
  }

  private Part endOfSnapshot() throws SnapshotChangedException {
    if (sealed) {
      try {
        input.drain();
      } catch (IOException unreadable) {
        throw new SnapshotChangedException();
      }
      if (trouble != null || !MessageDigest.isEqual(expectedSeal, input.seal())) {
        throw new SnapshotChangedException();
      }
    }
    String all = trouble == null ? "" : trouble;
    String skipped =
        oversizedLines == 0
            ? ""
            : "%,d lines are longer than an event may be".formatted(oversizedLines);
    return new EndOfSnapshot(all + (all.isEmpty() || skipped.isEmpty() ? "" : ", and ") + skipped);
  }

  /** The next line that is not empty and not too long; null at the end or after trouble. */
  private byte[] nextLine() {
    if (pushedBackLine != null) {
      byte[] again = pushedBackLine;
      pushedBackLine = null;
      return again;
    }
    if (trouble != null) {
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
      trouble = "it is cut off after line " + lineNumber;
    } catch (ZipException corrupt) {
      trouble = "it cannot be unpacked after line " + lineNumber;
    } catch (IOException unreadable) {
      trouble =
          "it cannot be read after line %d (%s)".formatted(lineNumber, unreadable.getMessage());
    }
    return null;
  }

  /** The next line; empty when it is or when it is too long; null at the end. */
  private byte[] readLine() throws IOException {
    line.reset();
    long length = 0;
    while (bufferPosition < bufferLimit || fill()) {
      int newline = bufferPosition;
      while (newline < bufferLimit && buffer[newline] != '\n') {
        newline++;
      }
      length += newline - bufferPosition;
      if (length <= EventLimits.MAX_EVENT_BYTES) {
        line.write(buffer, bufferPosition, newline - bufferPosition);
      }
      boolean ended = newline < bufferLimit;
      bufferPosition = ended ? newline + 1 : newline;
      if (ended) {
        lineNumber++;
        if (length > EventLimits.MAX_EVENT_BYTES) {
          oversizedLines++;
          return new byte[0];
        }
        return line.toByteArray();
      }
    }
    // What is not ended by a newline was not written to its end.
    if (length > 0 && trouble == null) {
      trouble = "its last line is cut off";
    }
    return null;
  }

  private boolean fill() throws IOException {
    if (unpackedBytes > maxBytes) {
      trouble = "it holds more than the %,d bytes that are taken".formatted(maxBytes);
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

  /** Some bytes of the file, put under a seal as they are read. */
  private static final class SealingInputStream extends InputStream {
    private final FileChannel channel;
    private final long limit;
    private final HmacSeal hmacSeal;
    private long position;
    private byte[] sealBytes;

    /** From the start of the file to there. */
    SealingInputStream(FileChannel channel, long limit, HmacSeal hmacSeal) {
      this.channel = channel;
      this.limit = limit;
      this.hmacSeal = hmacSeal;
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
        hmacSeal.update(bytes, offset, read);
      }
      return read;
    }

    void drain() throws IOException {
      byte[] bytes = new byte[BUFFER_BYTES];
      while (read(bytes, 0, bytes.length) > 0) {
        // The seal has taken note of them.
        continue;
      }
    }

    /** The seal of what was read when this was first asked. */
    byte[] seal() {
      if (sealBytes == null) {
        sealBytes = hmacSeal.gzipMember();
      }
      return sealBytes;
    }
  }
}
