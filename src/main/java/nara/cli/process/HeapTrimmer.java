package nara.cli.process;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Gives back the memory that a recovery needed and the ledger does not.
 *
 * <p>The heap grows while a recovery allocates buffers, and the collector of an idle node would
 * take minutes to shrink it again. A full collection stops all threads, for 0.6 s with a million
 * events. So there is one only after a recovery, and only if the heap has grown.
 */
public final class HeapTrimmer {
  /** Less growth is not worth the pause. */
  static final long MIN_GROWTH_BYTES = 256L << 20;

  private final LongSupplier committedBytes;
  private final Runnable collection;
  private final Executor thread;

  /** The size of the heap after the last collection. */
  private long trimmedBytes;

  /** A trimmer of this process's heap. */
  public HeapTrimmer() {
    this(
        Runtime.getRuntime()::totalMemory,
        System::gc,
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("heap-trimmer").daemon().factory()));
  }

  HeapTrimmer(LongSupplier committedBytes, Runnable collection, Executor thread) {
    this.committedBytes = committedBytes;
    this.collection = collection;
    this.thread = thread;
  }

  /** Trims the heap on another thread if it has grown since the last time. */
  public void trimIfGrown() {
    thread.execute(
        () -> {
          if (committedBytes.getAsLong() - trimmedBytes > MIN_GROWTH_BYTES) {
            collection.run();
            trimmedBytes = committedBytes.getAsLong();
          }
        });
  }
}
