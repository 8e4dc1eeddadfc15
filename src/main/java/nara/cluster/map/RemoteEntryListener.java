package nara.cluster.map;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Receives the entries that other members add to a map or change. This member knows its own
 * already, except the place of a retraction among the changes of others: an entry from before it
 * may still be on its way. So it also receives its own retractions, and what ends them.
 */
final class RemoteEntryListener {
  private final IMap<String, byte[]> map;
  private final Listener listener;
  private UUID registration;

  RemoteEntryListener(IMap<String, byte[]> map, BiConsumer<String, byte[]> onAdded) {
    this.map = map;
    this.listener = new Listener(onAdded);
  }

  private record Listener(BiConsumer<String, byte[]> onEntry)
      implements EntryAddedListener<String, byte[]>, EntryUpdatedListener<String, byte[]> {
    @Override
    public void entryAdded(EntryEvent<String, byte[]> event) {
      accept(event);
    }

    @Override
    public void entryUpdated(EntryEvent<String, byte[]> event) {
      accept(event);
    }

    private void accept(EntryEvent<String, byte[]> event) {
      if (event.getMember() == null
          || !event.getMember().localMember()
          || isRetracted(event.getValue())
          || isRetracted(event.getOldValue())) {
        onEntry.accept(event.getKey(), event.getValue());
      }
    }

    private static boolean isRetracted(byte[] value) {
      return value != null && EventEntry.isRetracted(value);
    }
  }

  /** Registers with the map; false when it is registered already. Blocks. */
  synchronized boolean register() {
    if (registration != null) {
      return false;
    }
    registration = map.addEntryListener(listener, true);
    return true;
  }

  /** Unregisters in the background. A later {@link #register} registers again. */
  synchronized CompletableFuture<?> unregister() {
    UUID old = registration;
    registration = null;
    return old == null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.runAsync(() -> map.removeEntryListener(old));
  }
}
