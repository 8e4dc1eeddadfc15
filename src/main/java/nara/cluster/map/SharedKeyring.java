package nara.cluster.map;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.map.listener.EntryAddedListener;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;

/**
 * The keys that any member knows, for all of them: a member can then judge events whose emitter
 * only another has met. The first key that is told of a name stays, here as in each keyring.
 *
 * <p>Its methods block.
 */
public final class SharedKeyring {
  private static final Origin[] ORIGINS = Origin.values();
  private static final char SEPARATOR = '\n';

  private final SharedMap sharedMap;
  private final Keyring keyring;
  private final Runnable onLearned;
  private final Set<String> publishedNames = new HashSet<>();
  private UUID registration;
  private long publishedVersion = -1;

  public SharedKeyring(SharedMap map, Keyring keyring, Runnable onLearned) {
    this.sharedMap = map;
    this.keyring = keyring;
    this.onLearned = onLearned;
  }

  /** Listens and learns all that is there, unless it listens already. */
  public synchronized void listen() {
    if (registration == null) {
      EntryAddedListener<String, byte[]> listener = this::onAdded;
      registration = sharedMap.map().addEntryListener(listener, true);
      sharedMap.map().forEach(this::learn);
      publishedVersion = -1;
      onLearned.run();
    }
  }

  /** Listens anew next time. */
  public synchronized void resetListener() {
    registration = null;
    publishedNames.clear();
  }

  /** Tells the others what was learned here since the last time. */
  public synchronized boolean publish(long term) throws InterruptedException {
    long version = keyring.version();
    if (version == publishedVersion) {
      return false;
    }
    Map<String, byte[]> fresh = new HashMap<>();
    for (Keyring.KeyEntry entry : keyring.entries()) {
      String name = entry.name() + SEPARATOR + entry.id();
      if (entry.origin() != Origin.SELF && !publishedNames.contains(name)) {
        byte[] value = Arrays.copyOf(entry.key().bytes(), PublicKey.LENGTH + 1);
        value[PublicKey.LENGTH] = (byte) entry.origin().ordinal();
        fresh.put(name, value);
      }
    }
    if (!fresh.isEmpty() && sharedMap.write(term, fresh, true) != 0) {
      return false;
    }
    publishedNames.addAll(fresh.keySet());
    publishedVersion = version;
    return true;
  }

  private void onAdded(EntryEvent<String, byte[]> event) {
    if (event.getMember() == null || !event.getMember().localMember()) {
      learn(event.getKey(), event.getValue());
      onLearned.run();
    }
  }

  private void learn(String name, byte[] value) {
    int separator = name.lastIndexOf(SEPARATOR);
    keyring.learn(
        name.substring(0, separator),
        name.substring(separator + 1),
        PublicKey.of(Arrays.copyOf(value, PublicKey.LENGTH)),
        ORIGINS[value[PublicKey.LENGTH]]);
  }

  public synchronized boolean close() {
    return registration != null && sharedMap.map().removeEntryListener(registration);
  }
}
