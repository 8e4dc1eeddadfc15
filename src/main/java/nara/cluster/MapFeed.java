package nara.cluster;

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
final class MapFeed {
  private final IMap<String, byte[]> map;
  private final int most;
  private final Consumer<Handler<Void>> context;
  private final Function<Map<String, byte[]>, Future<?>> take;
  private final Queue<Map.Entry<String, byte[]>> fed = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean taking = new AtomicBoolean();
  private UUID registration;

  /**
   * A feed that does not listen yet.
   *
   * @param most entries of a batch
   * @param context where batches are taken
   * @param take takes a batch in; the next comes when it is done
   */
  MapFeed(
      IMap<String, byte[]> map,
      int most,
      Consumer<Handler<Void>> context,
      Function<Map<String, byte[]>, Future<?>> take) {
    this.map = map;
    this.most = most;
    this.context = context;
    this.take = take;
  }

  /** Listens, unless it does already. Blocks. */
  synchronized void listen() {
    if (registration == null) {
      EntryAddedListener<String, byte[]> listener = this::onAdded;
      registration = map.addEntryListener(listener, true);
    }
  }

  /** Listens anew next time: after a split nobody knows who still tells whom. */
  synchronized void listenAnew() {
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
    fed.add(Map.entry(event.getKey(), event.getValue()));
    if (taking.compareAndSet(false, true)) {
      context.accept(now -> takeNext());
    }
  }

  private void takeNext() {
    Map<String, byte[]> batch = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> entry = fed.poll(); entry != null; entry = fed.poll()) {
      batch.put(entry.getKey(), entry.getValue());
      if (batch.size() == most) {
        break;
      }
    }
    if (batch.isEmpty()) {
      taking.set(false);
      // What came in between was not announced.
      if (!fed.isEmpty() && taking.compareAndSet(false, true)) {
        takeNext();
      }
      return;
    }
    take.apply(batch).onComplete(taken -> takeNext());
  }

  /** Listens no more. */
  synchronized CompletableFuture<?> close() {
    UUID old = registration;
    registration = null;
    return old == null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.runAsync(() -> map.removeEntryListener(old));
  }
}
