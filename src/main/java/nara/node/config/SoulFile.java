package nara.node.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import nara.file.FileFault;
import nara.identity.Soul;

/** A file with a soul: one line of text, readable by its owner only. */
public final class SoulFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private SoulFile() {}

  /**
   * The soul in a text. People and tools add line ends, spaces or a byte order mark at its ends.
   */
  public static Optional<Soul> parse(String text) {
    return Soul.parse(stripped(text));
  }

  /** The text of a secret without white space and byte order marks at its ends. */
  static String stripped(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isPadding(text.charAt(start))) {
      start++;
    }
    while (end > start && isPadding(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isPadding(char c) {
    return c == '\ufeff' || Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /**
   * Reads a configured file; empty when it holds no soul.
   *
   * @throws IOException when it cannot be read, or is a pipe or a device
   */
  static Optional<Soul> readConfigured(Path file) throws IOException {
    if (FileFault.isPipeOrDevice(file)) {
      throw new IOException("it is a pipe or a device; give a file");
    }
    return read(file);
  }

  /**
   * Reads a file or a pipe; empty when it holds no soul.
   *
   * @throws IOException when it cannot be read
   */
  public static Optional<Soul> read(Path file) throws IOException {
    // A limited number of bytes: a device reports the size 0 and never ends.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = in.readNBytes(ConfigLimits.SOUL_FILE_BYTES);
      return parse(new String(text, StandardCharsets.UTF_8));
    }
  }

  /**
   * Makes a file with mode 600.
   *
   * @throws IOException when it exists or cannot be written
   */
  public static void create(Path file, Soul soul) throws IOException {
    FileAttribute<?>[] ownerOnly =
        hasPermissions(file.toAbsolutePath().getParent())
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    try (OutputStream out =
        Channels.newOutputStream(
            Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                ownerOnly))) {
      out.write((soul.encoded() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static boolean hasPermissions(Path directory) {
    return Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null;
  }

  /** Whether other users can read it; false where files have no such permissions. */
  static boolean isReadByOthers(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return view != null
        && view.readAttributes().permissions().stream()
            .anyMatch(
                permission ->
                    permission == PosixFilePermission.GROUP_READ
                        || permission == PosixFilePermission.OTHERS_READ);
  }
}
