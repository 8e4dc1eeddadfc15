package nara.snapshot;

import java.io.IOException;

/**
 * The file changed after its seal was checked. The reader must discard everything that it read,
 * because somebody else may have written it.
 */
public final class SnapshotChangedException extends IOException {
  private static final long serialVersionUID = 1L;

  SnapshotChangedException() {
    super("the file changed while it was read");
  }
}
