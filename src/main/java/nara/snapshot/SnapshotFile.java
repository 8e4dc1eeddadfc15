package nara.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import nara.file.AtomicFile;
import nara.file.FileFault;

/**
 * A node's snapshot file. A lock file beside it keeps other nodes away, in this process and in
 * others. A killed process leaves no lock.
 *
 * <p>A link stays, and the file behind it is written. Readers find the old snapshot or the new one,
 * never a part, unless the file is mounted by itself: then it is written in place. Not thread-safe.
 */
final class SnapshotFile implements AutoCloseable {
  /** Kept files without this node's seal. More would fill the disk. */
  private static final int MAX_KEPT = 9;

  private final Path path;
  private final byte[] key;
  private final FileChannel lock;
  private final boolean replaceable;

  /** Whether the existing file has another seal or none; the next write then keeps it. */
  private boolean existingUnsealed;

  private SnapshotFile(Path path, byte[] key, FileChannel lock, boolean replaceable) {
    this.path = path;
    this.key = key;
    this.lock = lock;
    this.replaceable = replaceable;
  }

  /**
   * Locks the file for this node.
   *
   * @param key makes the seals
   * @throws IOException with a sentence for the operator, when another node uses the file or the
   *     path is unusable
   */
  static SnapshotFile lock(Path configured, byte[] key) throws IOException {
    Path path = target(configured);
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path)) {
      throw new IOException(path + " is no file; name one, in a directory that exists");
    }
    Path lockPath = sibling(path, ".lock");
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              lockPath,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException noDirectory) {
      throw new IOException("the directory of " + path + " does not exist; make it", noDirectory);
    } catch (IOException failed) {
      throw new IOException(
          "cannot write %s (%s); give a file in a directory that this user can write"
              .formatted(lockPath, FileFault.reason(failed)),
          failed);
    }
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException lockedInThisProcess) {
      locked = false;
    } catch (IOException failed) {
      throw new IOException(
          "cannot lock %s (%s)".formatted(lockPath, FileFault.reason(failed)), failed);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw new IOException(
          "another node uses %s; stop it, or give each node a file of its own".formatted(path));
    }
    try {
      AtomicFile.deleteLeftovers(path);
      return new SnapshotFile(path, key, channel, requireWritable(path));
    } catch (IOException unusable) {
      channel.close();
      throw unusable;
    }
  }

  /** Resolves the links of the path, so that all names of one file have one lock. */
  private static Path target(Path configured) throws IOException {
    try {
      return AtomicFile.target(configured);
    } catch (FileSystemLoopException circle) {
      throw new IOException(configured + " is a link that leads to itself; name a file", circle);
    }
  }

  /** Whether the file can be replaced; else it is written in place. */
  private static boolean requireWritable(Path path) throws IOException {
    boolean replaceable = AtomicFile.isReplaceable(path);
    if (!replaceable && !Files.isWritable(path)) {
      throw new IOException(
          path + " can neither be replaced nor written; make this user the owner of its directory");
    }
    return replaceable;
  }

  /** Whether a write replaces the file as a whole. */
  boolean isReplaceable() {
    return replaceable;
  }

  /** The time and the size of the existing snapshot; empty without one. */
  Optional<Written> written() throws IOException {
    return Files.exists(path)
        ? Optional.of(new Written(Files.getLastModifiedTime(path).toInstant(), Files.size(path)))
        : Optional.empty();
  }

  /** When a snapshot was written, and its size. */
  record Written(Instant at, long bytes) {}

  /** Opens the existing snapshot, if there is one; see {@link SnapshotReader#open}. */
  Optional<SnapshotReader> open(long maxEvents) throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    SnapshotReader reader = SnapshotReader.open(path, key, maxEvents);
    existingUnsealed = !reader.sealed();
    return Optional.of(reader);
  }

  /**
   * Replaces the existing snapshot once the new one is completely on disk. An existing one without
   * this node's seal is kept as {@code .unsealed}, the next one as {@code .unsealed-2}.
   */
  void write(Snapshot snapshot) throws IOException {
    AtomicFile.write(path, out -> snapshot.writeTo(out, key), this::keepUnsealed);
  }

  private void keepUnsealed() throws IOException {
    if (existingUnsealed) {
      Path kept = unusedName();
      if (replaceable) {
        Files.move(path, kept, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.copy(path, kept, StandardCopyOption.REPLACE_EXISTING);
      }
      existingUnsealed = false;
    }
  }

  /** The last name is used again, so that repeated damage cannot fill the disk. */
  private Path unusedName() {
    Path name = sibling(path, ".unsealed");
    for (int i = 2; i <= MAX_KEPT && Files.exists(name); i++) {
      name = sibling(path, ".unsealed-" + i);
    }
    return name;
  }

  private static Path sibling(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /** Releases the lock. The lock file stays, because its removal could unlock another node. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
