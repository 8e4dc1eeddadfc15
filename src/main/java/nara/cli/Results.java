package nara.cli;

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
final class Results extends PrintStream {
  private final Remembering below;

  /** Writes to a stream, in UTF-8. */
  Results(OutputStream out) {
    this(new Remembering(out));
  }

  private Results(Remembering below) {
    super(below, false, StandardCharsets.UTF_8);
    this.below = below;
  }

  /**
   * Why not everything arrived. Not when whoever read it has seen enough and gone: that is how
   * {@code head} works.
   */
  Optional<String> lost() {
    flush();
    return Optional.ofNullable(below.trouble)
        .filter(trouble -> !trouble.toLowerCase(Locale.ROOT).contains("broken pipe"));
  }

  private static final class Remembering extends FilterOutputStream {
    private String trouble;

    Remembering(OutputStream out) {
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
        throw remembered(failed);
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException failed) {
        throw remembered(failed);
      }
    }

    private IOException remembered(IOException failed) {
      trouble = trouble == null ? String.valueOf(failed.getMessage()) : trouble;
      return failed;
    }
  }
}
