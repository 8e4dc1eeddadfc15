package nara.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that is read as a whole, and may therefore not be large. What it says of its size is not
 * believed: a pipe or a device says nothing, and may go on for ever.
 */
final class WholeFile {
  private WholeFile() {}

  /**
   * All of its bytes, but for a mark of the byte order at its start.
   *
   * @param what it should be, such as "a file of keys"
   * @throws Refusal when it cannot be read, or has more bytes than allowed
   */
  static byte[] read(Path file, int mostBytes, String what) {
    if (Files.isDirectory(file)) {
      throw new Refusal(file + " is a directory; give " + what);
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ByteOrderMark.pass(in);
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new Refusal(
            "%s is far too large for %s: it has more than %,d bytes"
                .formatted(file, what, mostBytes));
      }
      return bytes;
    } catch (NoSuchFileException missing) {
      throw new Refusal("there is no file " + file);
    } catch (AccessDeniedException denied) {
      throw new Refusal(file + " may not be read: permission denied");
    } catch (IOException trouble) {
      throw new Refusal(file + " cannot be read: " + trouble.getMessage());
    }
  }
}
