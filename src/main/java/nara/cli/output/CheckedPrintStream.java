package nara.cli.output;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Where results go. A {@link PrintStream} keeps its troubles to itself, so that a full disk would
 * look like success; this one remembers why something was lost.
 */
public final class CheckedPrintStream extends PrintStream {
  private final FailureRecordingStream recorder;

  /** Writes to a stream, in UTF-8. */
  CheckedPrintStream(OutputStream out) {
    this(new FailureRecordingStream(out));
  }

  private CheckedPrintStream(FailureRecordingStream below) {
    super(below, false, StandardCharsets.UTF_8);
    this.recorder = below;
  }

  /**
   * Why not everything arrived. Not when whoever read it has seen enough and gone: that is how
   * {@code head} works.
   */
  public Optional<String> writeFailure() {
    flush();
    return Optional.ofNullable(recorder.failure)
        .filter(trouble -> !trouble.toLowerCase(Locale.ROOT).contains("broken pipe"));
  }

  private static final class FailureRecordingStream extends FilterOutputStream {
    private String failure;

    FailureRecordingStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      try {
        out.write(bytes, from, count);
      } catch (IOException failed) {
        throw recordFailure(failed);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException failed) {
        throw recordFailure(failed);
      }
    }

    private IOException recordFailure(IOException failed) {
      failure = failure == null ? String.valueOf(failed.getMessage()) : failure;
      return failed;
    }
  }
}
