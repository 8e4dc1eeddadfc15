package nara.snapshot;

import java.io.IOException;

/**
 * A snapshot was changed between the check of its seal and the end of its reading. What was
 * believed of it is somebody else's word, so whoever reads it must throw all of it away.
 */
public final class SnapshotChangedException extends IOException {
  private static final long serialVersionUID = 1L;

  SnapshotChangedException() {
    super("it was changed while it was read");
  }
}
