package nara.cli.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * A file of events that grows as its events arrive, so that they need no memory. It grows beside
 * the file that it may replace at the end. A process that is killed leaves what it has written.
 */
public final class EventFileStream implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  /** The file that it may replace; empty when it writes directly. */
  private final Optional<Path> replaced;

  private final Path written;
  private Optional<OutputStream> out;
  private final boolean closes;
  private long events;

  private EventFileStream(
      Optional<Path> replaced, Path written, Optional<OutputStream> out, boolean closes) {
    this.replaced = replaced;
    this.written = written;
    this.out = out;
    this.closes = closes;
  }

  /** One that writes to a stream and leaves it open. The stream records its own failures. */
  public static EventFileStream to(PrintStream out) {
    return new EventFileStream(Optional.empty(), Path.of("stdout"), Optional.of(out), false);
  }

  /**
   * One for a file, gzipped when its name ends in {@code .gz}. A device or a pipe is written to
   * directly. The first event opens it: without events, an earlier result stays.
   */
  public static EventFileStream to(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file)
        ? new EventFileStream(Optional.empty(), file, Optional.empty(), true)
        : new EventFileStream(Optional.of(file), BackupFile.beside(file), Optional.empty(), true);
  }

  private OutputStream open() throws IOException {
    OutputStream stream;
    if (replaced.isEmpty()) {
      stream = Files.newOutputStream(written);
    } else {
      // An existing link is removed, not followed.
      Files.deleteIfExists(written);
      stream =
          Files.newOutputStream(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }
    stream = new BufferedOutputStream(stream, BUFFER_BYTES);
    return written.toString().endsWith(".gz") ? new GZIPOutputStream(stream, BUFFER_BYTES) : stream;
  }

  /**
   * Writes one event as a line.
   *
   * @throws CommandFailure when the file cannot be written
   */
  public void write(byte[] json) {
    try {
      if (out.isEmpty()) {
        out = Optional.of(open());
      }
      EventFileWriter.writeLine(out.get(), json);
      events++;
    } catch (IOException failure) {
      throw CommandFailure.unwritable(written, failure);
    }
  }

  /** Whether the reader of a stream, such as {@code head}, has closed its end. */
  public boolean isBroken() {
    return out.filter(stream -> stream instanceof PrintStream printed && printed.checkError())
        .isPresent();
  }

  /** The events written so far. */
  public long events() {
    return events;
  }

  /**
   * Ends the file. It replaces the named one, unless that is better.
   *
   * @param failure see {@link BackupFile#reasonToKeep}
   * @param force see there
   * @param hint see there
   * @return what became of the events, when the named file stays
   */
  public Optional<String> finish(Optional<String> failure, boolean force, String hint) {
    close();
    if (replaced.isEmpty() || events == 0 && failure.isPresent()) {
      return failure
          .filter(why -> replaced.filter(Files::isRegularFile).isPresent())
          .map(this::kept);
    }
    Path file = replaced.get();
    Optional<String> reason = BackupFile.reasonToKeep(file, events, failure, force, hint);
    if (reason.isPresent()) {
      return reason.map(this::kept);
    }
    OutputFile.write(
        file,
        copy -> {
          if (events > 0) {
            Files.copy(written, copy);
          }
        });
    delete();
    return Optional.empty();
  }

  private String kept(String reason) {
    return "kept the existing %s: %s%s"
        .formatted(
            replaced.orElseThrow(), reason, events == 0 ? "" : "; the result is in " + written);
  }

  private void delete() {
    try {
      if (events > 0) {
        Files.deleteIfExists(written);
      }
    } catch (IOException failure) {
      throw CommandFailure.unwritable(written, failure);
    }
  }

  /** Writes what is buffered. */
  @Override
  public void close() {
    try {
      if (out.isPresent() && closes) {
        out.get().close();
      } else if (out.isPresent()) {
        out.get().flush();
      }
    } catch (IOException failure) {
      throw CommandFailure.unwritable(written, failure);
    }
  }
}
