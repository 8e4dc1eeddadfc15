package nara.cluster.map;

import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Collects the entries that other members add to a map into batches. While the handler processes
 * one batch, the next one grows.
 */
public final class RemoteEntryBatcher {
  private final RemoteEntryListener listener;
  private final int maxBatchSize;
  private final Consumer<Handler<Void>> context;
  private final Function<Map<String, byte[]>, Future<?>> batchHandler;
  private final Queue<Map.Entry<String, byte[]>> pending = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean draining = new AtomicBoolean();

  /**
   * A batcher that does not listen yet.
   *
   * @param maxBatchSize entries
   * @param context runs the batch handler
   * @param batchHandler its Future completes when it is ready for the next batch
   */
  public RemoteEntryBatcher(
      IMap<String, byte[]> map,
      int maxBatchSize,
      Consumer<Handler<Void>> context,
      Function<Map<String, byte[]>, Future<?>> batchHandler) {
    this.listener = new RemoteEntryListener(map, this::onAdded);
    this.maxBatchSize = maxBatchSize;
    this.context = context;
    this.batchHandler = batchHandler;
  }

  /** Starts to listen, unless it listens already. Blocks. */
  public void listen() {
    listener.register();
  }

  /**
   * Stops listening. After a split, stop and then listen again: the registration may have been lost
   * on some members.
   */
  public CompletableFuture<?> stopListening() {
    return listener.unregister();
  }

  private void onAdded(String key, byte[] value) {
    pending.add(Map.entry(key, value));
    if (draining.compareAndSet(false, true)) {
      context.accept(none -> handleNextBatch());
    }
  }

  private void handleNextBatch() {
    Map<String, byte[]> batch = new LinkedHashMap<>();
    Map.Entry<String, byte[]> entry;
    while (batch.size() < maxBatchSize && (entry = pending.poll()) != null) {
      batch.put(entry.getKey(), entry.getValue());
    }
    if (!batch.isEmpty()) {
      batchHandler.apply(batch).onComplete(handled -> handleNextBatch());
      return;
    }
    draining.set(false);
    // An entry that was added before the flag changed has started no drain.
    if (!pending.isEmpty() && draining.compareAndSet(false, true)) {
      handleNextBatch();
    }
  }
}
