package nara.cli.output;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A stream for results that records the first write failure. A plain {@link PrintStream} hides why
 * a write failed, so a full disk would look like success.
 */
public final class CheckedPrintStream extends PrintStream {
  private final FailureRecordingStream recorder;

  /** Records the first failure of this stream. */
  public CheckedPrintStream(OutputStream out) {
    this(new FailureRecordingStream(out));
  }

  private CheckedPrintStream(FailureRecordingStream recorder) {
    super(recorder, false, StandardCharsets.UTF_8);
    this.recorder = recorder;
  }

  /**
   * The reason why output was lost. A broken pipe is no failure: a reader such as {@code head} has
   * closed its end.
   */
  public Optional<String> writeFailure() {
    flush();
    return Optional.ofNullable(recorder.failure)
        .filter(failure -> !failure.toLowerCase(Locale.ROOT).contains("broken pipe"));
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
