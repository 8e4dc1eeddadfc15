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
import nara.event.JsonSpans.Span;
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

  private static final long BYTES_BESIDE = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 16;

  /** Some of what the file holds. */
  sealed interface Part {}

  /** Keys under the seal. */
  record Keys(List<Keyring.Entry> entries) implements Part {}

  /**
   * Events.
   *
   * @param json bytes that hold them
   * @param spans where each one is
   * @param valid whether the seal says that they were judged valid
   */
  record Events(byte[] json, List<Span> spans, boolean valid) implements Part {}

  /** There is no more; trouble is the clause that says why, or empty when all was read. */
  record End(String trouble) implements Part {}

  private final FileChannel channel;
  private final boolean sealed;
  private final byte[] expected;
  private final Range range;
  private final long eventsAllowed;
  private final long bytesAllowed;

  private InputStream lines;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 10);
  private long number;
  private long unpacked;
  private long events;
  private long tooLong;
  private boolean valid;

  /** A line that was met but belongs to the next part. */
  private byte[] ahead;

  private String trouble;

  private SnapshotReader(FileChannel channel, byte[] key, long eventsAllowed) throws IOException {
    this.channel = channel;
    long size = channel.size();
    long covered = Math.max(0, size - Seal.LENGTH);
    Range whole = new Range(channel, covered, new Seal(key));
    whole.drain();
    this.expected = whole.seal();
    ByteBuffer found = ByteBuffer.allocate(Seal.LENGTH);
    while (found.hasRemaining() && channel.read(found, covered + found.position()) > 0) {
      // A read may bring less than there is room for.
      continue;
    }
    this.sealed = MessageDigest.isEqual(expected, found.array());
    this.range = new Range(channel, sealed ? covered : size, new Seal(key));
    this.eventsAllowed = sealed ? Long.MAX_VALUE : eventsAllowed;
    this.bytesAllowed = sealed ? Long.MAX_VALUE : eventsAllowed * BYTES_PER_EVENT + BYTES_BESIDE;
  }

  /**
   * Opens a file and checks its seal, which reads it once.
   *
   * @param eventsAllowed how many events are taken from it when the seal is broken
   * @throws IOException when it cannot be read at all
   */
  static SnapshotReader open(Path path, byte[] key, long eventsAllowed) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new SnapshotReader(channel, key, eventsAllowed);
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
   * The next part; the last one is an {@link End}, again and again.
   *
   * @throws SnapshotChanged when the file was changed while it was read, so that what was believed
   *     of it must not be used
   */
  Part next() throws SnapshotChanged {
    List<Keyring.Entry> keys = new ArrayList<>();
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    List<Span> spans = new ArrayList<>();
    while (spans.size() < PART_EVENTS && json.size() < PART_BYTES && keys.size() < PART_EVENTS) {
      byte[] next = nextLine();
      if (next == null) {
        break;
      }
      if (!SnapshotLines.isOwn(next)) {
        if (!keys.isEmpty()) {
          ahead = next;
          break;
        }
        if (events == eventsAllowed) {
          trouble = "it holds more than the %,d events that are taken".formatted(eventsAllowed);
          break;
        }
        events++;
        spans.add(new Span(json.size(), next.length));
        json.writeBytes(next);
      } else if (sealed) {
        if (!spans.isEmpty()) {
          ahead = next;
          break;
        }
        List<String> texts = SnapshotLines.texts(next);
        SnapshotLines.keyIn(texts).ifPresent(keys::add);
        valid = SnapshotLines.isVerdict(texts) ? SnapshotLines.isValid(texts) : valid;
      }
    }
    if (!keys.isEmpty()) {
      return new Keys(keys);
    }
    return spans.isEmpty() ? end() : new Events(json.toByteArray(), spans, valid);
  }

  private Part end() throws SnapshotChanged {
    if (sealed) {
      try {
        range.drain();
      } catch (IOException unreadable) {
        throw new SnapshotChanged();
      }
      if (trouble != null || !MessageDigest.isEqual(expected, range.seal())) {
        throw new SnapshotChanged();
      }
    }
    String all = trouble == null ? "" : trouble;
    String skipped =
        tooLong == 0 ? "" : "%,d lines are longer than an event may be".formatted(tooLong);
    return new End(all + (all.isEmpty() || skipped.isEmpty() ? "" : ", and ") + skipped);
  }

  /** The next line that is not empty and not too long; null at the end or after trouble. */
  private byte[] nextLine() {
    if (ahead != null) {
      byte[] again = ahead;
      ahead = null;
      return again;
    }
    if (trouble != null) {
      return null;
    }
    try {
      if (lines == null) {
        lines = new GZIPInputStream(range, BUFFER_BYTES);
      }
      byte[] read = readLine();
      while (read != null && read.length == 0) {
        read = readLine();
      }
      return read;
    } catch (EOFException cut) {
      trouble = "it is cut off after line " + number;
    } catch (ZipException corrupt) {
      trouble = "it cannot be unpacked after line " + number;
    } catch (IOException unreadable) {
      trouble = "it cannot be read after line %d (%s)".formatted(number, unreadable.getMessage());
    }
    return null;
  }

  /** The next line; empty when it is or when it is too long; null at the end. */
  private byte[] readLine() throws IOException {
    line.reset();
    long length = 0;
    while (at < end || fill()) {
      int newline = at;
      while (newline < end && buffer[newline] != '\n') {
        newline++;
      }
      length += newline - at;
      if (length <= EventLimits.EVENT_BYTES) {
        line.write(buffer, at, newline - at);
      }
      boolean ended = newline < end;
      at = ended ? newline + 1 : newline;
      if (ended) {
        number++;
        if (length > EventLimits.EVENT_BYTES) {
          tooLong++;
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
    if (unpacked > bytesAllowed) {
      trouble = "it holds more than the %,d bytes that are taken".formatted(bytesAllowed);
      return false;
    }
    at = 0;
    end = Math.max(0, lines.read(buffer));
    unpacked += end;
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
    channel.close();
  }

  /** Some bytes of the file, put under a seal as they are read. */
  private static final class Range extends InputStream {
    private final FileChannel channel;
    private final long to;
    private final Seal seal;
    private long position;
    private byte[] code;

    /** From the start of the file to there. */
    Range(FileChannel channel, long to, Seal seal) {
      this.channel = channel;
      this.to = to;
      this.seal = seal;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int most = (int) Math.min(length, to - position);
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

    void drain() throws IOException {
      byte[] bytes = new byte[BUFFER_BYTES];
      while (read(bytes, 0, bytes.length) > 0) {
        // The seal has taken note of them.
        continue;
      }
    }

    /** The seal of what was read when this was first asked. */
    byte[] seal() {
      if (code == null) {
        code = seal.member();
      }
      return code;
    }
  }
}
