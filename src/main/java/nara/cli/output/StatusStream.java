package nara.cli.output;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * A stream with a status: an open line at its end. Every other output erases the status first, so
 * that log lines and progress do not run into each other.
 */
final class StatusStream extends PrintStream {
  private static final String ERASE_LINE = "\r\033[K";
  private static final byte[] ERASE_BYTES = ERASE_LINE.getBytes(StandardCharsets.US_ASCII);

  private boolean open;

  StatusStream(OutputStream out) {
    super(out, true, StandardCharsets.UTF_8);
  }

  /** Replaces the status. */
  synchronized void status(String line) {
    open = false;
    print(ERASE_LINE + line);
    flush();
    open = true;
  }

  /** Erases the status, if it is shown. */
  synchronized void erase() {
    if (open) {
      open = false;
      print(ERASE_LINE);
      flush();
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    if (open) {
      open = false;
      super.write(ERASE_BYTES, 0, ERASE_BYTES.length);
    }
    super.write(bytes, offset, length);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }
}
