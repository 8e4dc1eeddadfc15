package nara.cli.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads a small file as a whole. The reader counts the bytes itself, because a pipe or a device
 * reports no size and may be endless.
 */
public final class BoundedFile {
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private BoundedFile() {}

  /**
   * Returns the file's bytes without a byte order mark at their start.
   *
   * @param description what the file should be, such as "a file of keys"
   * @throws CommandFailure when the file cannot be read or has more bytes than allowed
   */
  public static byte[] read(Path file, int maxBytes, String description) {
    rejectDirectory(file, description);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      skipByteOrderMark(in);
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new CommandFailure(
            "%s is too large for %s: it has more than %,d bytes"
                .formatted(file, description, maxBytes));
      }
      return bytes;
    } catch (IOException failure) {
      throw CommandFailure.unreadable(file, failure);
    }
  }

  static void rejectDirectory(Path file, String description) {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + " is a directory; give " + description);
    }
  }

  /** Skips the mark that some editors write before UTF-8. The stream must support marks. */
  static void skipByteOrderMark(InputStream text) throws IOException {
    text.mark(BYTE_ORDER_MARK.length);
    if (!Arrays.equals(text.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
      text.reset();
    }
  }
}
