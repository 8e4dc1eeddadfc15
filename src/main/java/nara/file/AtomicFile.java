package nara.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Replaces a file as a whole: readers see the old content or the new one, never a part, also after
 * a power failure.
 *
 * <p>The content first goes into a new file beside it. The name of that file is random, and an
 * existing file or link is never opened: in a directory that others may write to, a link with the
 * expected name would lead the content into another file.
 *
 * <p>A file that cannot be replaced, such as one that is mounted by itself, is written in place
 * when the new content is completely on the disk.
 */
public final class AtomicFile {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NAME_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String SUFFIX = ".new";
  private static final String MOVED_SUFFIX = ".moved";

  /** As many as Linux follows. */
  private static final int MAX_LINKS = 40;

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the caller closes the stream. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Runs when the new file is on the disk, before it replaces the old one. */
  @FunctionalInterface
  public interface BeforeMove {
    void run() throws IOException;
  }

  /** A file that can only be written in place was not written to its end. */
  private static final class IncompleteFileException extends IOException {
    private static final long serialVersionUID = 1L;

    IncompleteFileException(Path path, Path fresh, IOException cause) {
      super(
          "%s could not be written to its end (%s); its whole content is in %s"
              .formatted(path, cause.getMessage(), fresh),
          cause);
    }
  }

  private AtomicFile() {}

  /** Replaces or makes a file. An existing file's permissions remain. */
  public static void write(Path path, Content content) throws IOException {
    write(path, content, () -> {});
  }

  /** The same; {@code beforeMove} runs when the new content is completely on the disk. */
  public static void write(Path path, Content content, BeforeMove beforeMove) throws IOException {
    byte[] random = new byte[NAME_BYTES];
    RANDOM.nextBytes(random);
    Path fresh =
        path.resolveSibling(path.getFileName() + "." + HexFormat.of().formatHex(random) + SUFFIX);
    Set<StandardOpenOption> createNew =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(fresh, createNew)) {
      try {
        keepPermissions(path, fresh);
        OutputStream out =
            new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
        content.writeTo(out);
        out.flush();
        channel.force(true);
        beforeMove.run();
        replace(path, fresh);
      } catch (IncompleteFileException damaged) {
        // The fresh file is the only whole copy.
        throw damaged;
      } catch (IOException | RuntimeException failed) {
        Files.deleteIfExists(fresh);
        throw failed;
      }
    }
    // Otherwise a power failure could undo the move.
    try (FileChannel directory =
        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private static void replace(Path path, Path fresh) throws IOException {
    try {
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      if (!Files.isRegularFile(path) || !Files.isWritable(path)) {
        throw failed;
      }
      // A file that is mounted by itself can be written, but not replaced.
      try (FileChannel from = FileChannel.open(fresh, StandardOpenOption.READ);
          FileChannel to = FileChannel.open(path, StandardOpenOption.WRITE)) {
        long size = from.size();
        for (long done = 0; done < size; ) {
          done += from.transferTo(done, size - done, to);
        }
        to.truncate(size);
        to.force(true);
      } catch (IOException partly) {
        throw new IncompleteFileException(path, fresh, partly);
      }
      Files.delete(fresh);
    }
  }

  /**
   * Follows the links of a path to the file that they lead to, which need not exist.
   *
   * @return an absolute path without links, if its directory exists
   * @throws IOException when the links lead in a circle
   */
  public static Path target(Path path) throws IOException {
    Path target = path.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(path.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    Path directory = target.getParent();
    return Files.isDirectory(directory)
        ? directory.toRealPath().resolve(target.getFileName())
        : target.normalize();
  }

  /**
   * Tries whether an existing file can be replaced as a whole: it moves the file away and back. A
   * process that is killed in between leaves the moved file, which the next call moves back.
   *
   * @return false when the file can only be written in place
   */
  public static boolean isReplaceable(Path path) throws IOException {
    Path moved = path.resolveSibling(path.getFileName() + MOVED_SUFFIX);
    if (Files.exists(moved) && !Files.exists(path)) {
      Files.move(moved, path, StandardCopyOption.ATOMIC_MOVE);
    }
    if (!Files.exists(path)) {
      return true;
    }
    if (Files.exists(moved)) {
      throw new FileAlreadyExistsException(
          path.toString(), moved.toString(), "both exist; remove the older one");
    }
    try {
      Files.move(path, moved, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException refused) {
      return false;
    }
    Files.move(moved, path, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private static void keepPermissions(Path path, Path fresh) throws IOException {
    PosixFileAttributeView before =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    PosixFileAttributeView after =
        Files.getFileAttributeView(fresh, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (before != null && after != null && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      after.setPermissions(before.readAttributes().permissions());
    }
  }

  /** Deletes what killed writers of this file left; the caller ensures that none is at work. */
  public static void deleteLeftovers(Path path) throws IOException {
    String prefix = path.getFileName() + ".";
    int length = prefix.length() + 2 * NAME_BYTES + SUFFIX.length();
    try (Stream<Path> siblings = Files.list(path.toAbsolutePath().getParent())) {
      for (Path sibling : siblings.toList()) {
        String name = sibling.getFileName().toString();
        if (name.length() == length && name.startsWith(prefix) && name.endsWith(SUFFIX)) {
          Files.deleteIfExists(sibling);
        }
      }
    }
  }
}
