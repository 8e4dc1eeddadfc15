package nara.cluster.map;

import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** Receives the entries that other members add to a map. This member knows its own already. */
final class RemoteEntryListener {
  private final IMap<String, byte[]> map;
  private final EntryAddedListener<String, byte[]> listener;
  private UUID registration;

  RemoteEntryListener(IMap<String, byte[]> map, BiConsumer<String, byte[]> onAdded) {
    this.map = map;
    this.listener =
        event -> {
          if (event.getMember() == null || !event.getMember().localMember()) {
            onAdded.accept(event.getKey(), event.getValue());
          }
        };
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
