package nara.cluster;

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
final class SharedKeys {
  private static final Origin[] ORIGINS = Origin.values();
  private static final char BETWEEN = '\n';

  private final SharedMap shared;
  private final Keyring keyring;
  private final Runnable onLearned;
  private final Set<String> known = new HashSet<>();
  private UUID registration;
  private long sharedVersion = -1;

  SharedKeys(SharedMap shared, Keyring keyring, Runnable onLearned) {
    this.shared = shared;
    this.keyring = keyring;
    this.onLearned = onLearned;
  }

  /** Listens and learns all that is there, unless it listens already. */
  synchronized void listen() {
    if (registration == null) {
      EntryAddedListener<String, byte[]> listener = this::onAdded;
      registration = shared.map().addEntryListener(listener, true);
      shared.map().forEach(this::learn);
      sharedVersion = -1;
      onLearned.run();
    }
  }

  /** Listens anew next time. */
  synchronized void listenAnew() {
    registration = null;
    known.clear();
  }

  /** Tells the others what was learned here since the last time. */
  synchronized boolean share(long term) throws InterruptedException {
    long version = keyring.version();
    if (version == sharedVersion) {
      return false;
    }
    Map<String, byte[]> fresh = new HashMap<>();
    for (Keyring.Entry entry : keyring.entries()) {
      String name = entry.name() + BETWEEN + entry.id();
      if (entry.origin() != Origin.SELF && !known.contains(name)) {
        byte[] value = Arrays.copyOf(entry.key().bytes(), PublicKey.LENGTH + 1);
        value[PublicKey.LENGTH] = (byte) entry.origin().ordinal();
        fresh.put(name, value);
      }
    }
    if (!fresh.isEmpty() && shared.write(term, fresh, true) != 0) {
      return false;
    }
    known.addAll(fresh.keySet());
    sharedVersion = version;
    return true;
  }

  private void onAdded(EntryEvent<String, byte[]> event) {
    if (event.getMember() == null || !event.getMember().localMember()) {
      learn(event.getKey(), event.getValue());
      onLearned.run();
    }
  }

  private void learn(String name, byte[] value) {
    int between = name.lastIndexOf(BETWEEN);
    keyring.learn(
        name.substring(0, between),
        name.substring(between + 1),
        PublicKey.of(Arrays.copyOf(value, PublicKey.LENGTH)),
        ORIGINS[value[PublicKey.LENGTH]]);
  }

  synchronized boolean close() {
    return registration != null && shared.map().removeEntryListener(registration);
  }
}
