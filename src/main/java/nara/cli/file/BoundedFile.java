package nara.cli.file;

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
public final class BoundedFile {
  private BoundedFile() {}

  /**
   * All of its bytes, but for a mark of the byte order at its start.
   *
   * @param description it should be, such as "a file of keys"
   * @throws CommandFailure when it cannot be read, or has more bytes than allowed
   */
  public static byte[] read(Path file, int maxBytes, String description) {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + " is a directory; give " + description);
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ByteOrderMark.skip(in);
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new CommandFailure(
            "%s is far too large for %s: it has more than %,d bytes"
                .formatted(file, description, maxBytes));
      }
      return bytes;
    } catch (NoSuchFileException missing) {
      throw new CommandFailure("there is no file " + file);
    } catch (AccessDeniedException denied) {
      throw new CommandFailure(file + " may not be read: permission denied");
    } catch (IOException trouble) {
      throw new CommandFailure(file + " cannot be read: " + trouble.getMessage());
    }
  }
}
