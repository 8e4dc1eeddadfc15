package nara.cluster.map;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What other members add to a map, in batches: while one batch is being taken in, the next grows.
 * What this member adds itself is left out; it has that already.
 */
public final class RemoteEntryBatcher {
  private final IMap<String, byte[]> map;
  private final int maxBatchSize;
  private final Consumer<Handler<Void>> context;
  private final Function<Map<String, byte[]>, Future<?>> batchHandler;
  private final Queue<Map.Entry<String, byte[]>> pending = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean draining = new AtomicBoolean();
  private UUID registration;

  /**
   * A feed that does not listen yet.
   *
   * @param maxBatchSize entries of a batch
   * @param context where batches are taken
   * @param batchHandler takes a batch in; the next comes when it is done
   */
  public RemoteEntryBatcher(
      IMap<String, byte[]> map,
      int maxBatchSize,
      Consumer<Handler<Void>> context,
      Function<Map<String, byte[]>, Future<?>> batchHandler) {
    this.map = map;
    this.maxBatchSize = maxBatchSize;
    this.context = context;
    this.batchHandler = batchHandler;
  }

  /** Listens, unless it does already. Blocks. */
  public synchronized void listen() {
    if (registration == null) {
      EntryAddedListener<String, byte[]> listener = this::onAdded;
      registration = map.addEntryListener(listener, true);
    }
  }

  /** Listens anew next time: after a split nobody knows who still tells whom. */
  public synchronized void resetListener() {
    UUID old = registration;
    registration = null;
    if (old != null) {
      CompletableFuture.runAsync(() -> map.removeEntryListener(old));
    }
  }

  private void onAdded(EntryEvent<String, byte[]> event) {
    if (event.getMember() != null && event.getMember().localMember()) {
      return;
    }
    pending.add(Map.entry(event.getKey(), event.getValue()));
    if (draining.compareAndSet(false, true)) {
      context.accept(now -> handleNextBatch());
    }
  }

  private void handleNextBatch() {
    Map<String, byte[]> batch = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> entry = pending.poll(); entry != null; entry = pending.poll()) {
      batch.put(entry.getKey(), entry.getValue());
      if (batch.size() == maxBatchSize) {
        break;
      }
    }
    if (batch.isEmpty()) {
      draining.set(false);
      // What came in between was not announced.
      if (!pending.isEmpty() && draining.compareAndSet(false, true)) {
        handleNextBatch();
      }
      return;
    }
    batchHandler.apply(batch).onComplete(taken -> handleNextBatch());
  }

  /** Listens no more. */
  public synchronized CompletableFuture<?> close() {
    UUID old = registration;
    registration = null;
    return old == null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.runAsync(() -> map.removeEntryListener(old));
  }
}
