package nara.snapshot;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The place of a node's snapshot, for one node at a time: while it is open, a lock beside it keeps
 * others away, in this process and in others, and a killed process leaves no lock.
 *
 * <p>Whoever looks finds the old snapshot or the new one, never a part. For one thread at a time.
 */
final class SnapshotFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final byte[] key;
  private final FileChannel lock;

  /** Whether what lies there now is not this node's and is kept aside before it is replaced. */
  private boolean existingUnsealed;

  private SnapshotFile(Path path, byte[] key, FileChannel lock) {
    this.path = path;
    this.key = key;
    this.lock = lock;
  }

  /**
   * Takes the place.
   *
   * @param key what seals are made with
   * @throws IOException with a sentence when another node has it, or when nothing can lie there
   */
  static SnapshotFile lock(Path path, byte[] key) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path)) {
      throw new IOException(path + " is no file; name one, in a directory that exists");
    }
    Path beside = sibling(path, ".lock");
    FileChannel channel;
    try {
      channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (NoSuchFileException noDirectory) {
      throw new IOException("the directory of " + path + " does not exist; make it", noDirectory);
    } catch (IOException refused) {
      throw new IOException(beside + " cannot be written (" + refused.getMessage() + ")", refused);
    }
    try {
      FileLock taken = channel.tryLock();
      if (taken != null) {
        return new SnapshotFile(path, key, channel);
      }
    } catch (OverlappingFileLockException inThisProcess) {
      channel.close();
      throw inUse(path);
    } catch (IOException noLocks) {
      channel.close();
      throw new IOException(beside + " cannot be locked (" + noLocks.getMessage() + ")", noLocks);
    }
    channel.close();
    throw inUse(path);
  }

  private static IOException inUse(Path path) {
    return new IOException(
        "another node uses %s; stop it, or give each node a file of its own".formatted(path));
  }

  Path path() {
    return path;
  }

  /** Opens what lies there; empty when nothing does. Bounds as {@link SnapshotReader#open}. */
  Optional<SnapshotReader> open(long maxEvents) throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    SnapshotReader reader = SnapshotReader.open(path, key, maxEvents);
    existingUnsealed = !reader.sealed();
    return Optional.of(reader);
  }

  /**
   * Puts a snapshot in the place of the one that lies there, once it is on the disk as a whole. One
   * without this node's seal is not lost: it is then found beside, as {@code .unsealed}.
   */
  void write(Snapshot snapshot) throws IOException {
    Path fresh = sibling(path, ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        OutputStream out =
            new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
        snapshot.writeTo(out, key);
        channel.force(true);
      }
      if (existingUnsealed) {
        Files.move(path, sibling(path, ".unsealed"), StandardCopyOption.REPLACE_EXISTING);
        existingUnsealed = false;
      }
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      Files.deleteIfExists(fresh);
      throw failed;
    }
    forceDirectory();
  }

  /** Without this a loss of power could undo the move. */
  private void forceDirectory() throws IOException {
    try (FileChannel directory =
        FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private static Path sibling(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /** Leaves the place to others. The lock's file stays: removing it could unlock somebody else. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
