package nara.cli.file;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import nara.cli.file.EventFileReader.Line;
import nara.event.ReadResult;
import nara.event.json.EventReader;

/**
 * The events of a file in batches. It reads the next batch while the caller works on the last one,
 * so two batches are in memory. Only one thread may use this object.
 */
public final class EventBatches implements AutoCloseable {
  /**
   * Some lines and the events in them.
   *
   * @param lines none at the end of the file
   * @param events one for each line
   */
  public record Batch(List<Line> lines, List<ReadResult> events) {}

  private final EventFileReader file;
  private final EventReader reader = new EventReader();
  private final int size;
  private CompletableFuture<Batch> next;

  /**
   * Begins to read.
   *
   * @param file is read by this object alone until it is closed; stays open then
   * @param size of a batch, in lines
   */
  public EventBatches(EventFileReader file, int size) {
    this.file = file;
    this.size = size;
    next = readAhead();
  }

  /**
   * Returns the next batch; one without lines at the end of the file.
   *
   * @throws CommandFailure when the rest of the file cannot be read
   */
  public Batch next() {
    Batch batch;
    try {
      batch = next.join();
    } catch (CompletionException failed) {
      // A supplier throws nothing else.
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failed.getCause();
    }
    next = batch.lines().isEmpty() ? next : readAhead();
    return batch;
  }

  private CompletableFuture<Batch> readAhead() {
    return CompletableFuture.supplyAsync(
        () -> {
          List<Line> lines = file.nextBatch(size);
          return new Batch(lines, EventFileReader.readEvents(lines, reader));
        });
  }

  /** Waits for the read under way: nobody may close the file during a read. */
  @Override
  public void close() {
    next.exceptionally(failure -> null).join();
  }
}
