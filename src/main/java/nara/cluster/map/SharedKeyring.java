package nara.cluster.map;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;

/**
 * Shares the keys of all members' keyrings. A member can then verify events of an emitter that only
 * another member has met. A member publishes the keys that hold in its keyring, and again when
 * another one holds. Each keyring counts that like a key that a configured peer serves.
 */
public final class SharedKeyring {
  /** Names and ids → keys. */
  public static final String KEYS_MAP = "nara.keys";

  private static final Origin[] ORIGINS = Origin.values();

  /** All members have the same operator, so together they count as one witness. */
  private static final Witness MEMBER = new Witness("cluster", true);

  private static final char SEPARATOR = '\n';

  private final SharedMap sharedMap;
  private final Keyring keyring;
  private final Runnable onLearned;
  private final RemoteEntryListener listener;
  private final Map<String, byte[]> published = new HashMap<>();
  private long publishedVersion = -1;

  public SharedKeyring(SharedMap map, Keyring keyring, Runnable onLearned) {
    this.sharedMap = map;
    this.keyring = keyring;
    this.onLearned = onLearned;
    this.listener = new RemoteEntryListener(map.map(), this::onAdded);
  }

  /** Starts to listen and learns all keys of the map, unless it listens already. Blocks. */
  public synchronized void listen() {
    if (listener.register()) {
      sharedMap.map().forEach(this::learn);
      publishedVersion = -1;
      onLearned.run();
    }
  }

  /** Stops listening, and forgets which keys were published. A later listen starts again. */
  public synchronized void resetListener() {
    listener.unregister();
    published.clear();
  }

  /** Publishes the keys that were learned since the last call. Blocks. */
  public synchronized boolean publish(long term) throws InterruptedException {
    long version = keyring.version();
    if (version == publishedVersion) {
      return false;
    }
    Map<String, byte[]> unpublished = new HashMap<>();
    for (Keyring.KeyEntry entry : keyring.entries()) {
      String name = entry.name() + SEPARATOR + entry.id();
      byte[] value = Arrays.copyOf(entry.key().bytes(), PublicKey.LENGTH + 1);
      value[PublicKey.LENGTH] = (byte) entry.origin().ordinal();
      if (entry.origin() != Origin.SELF && !Arrays.equals(published.get(name), value)) {
        unpublished.put(name, value);
      }
    }
    if (!unpublished.isEmpty() && sharedMap.write(term, unpublished, false) != 0) {
      return false;
    }
    published.putAll(unpublished);
    publishedVersion = version;
    return true;
  }

  private void onAdded(String name, byte[] value) {
    learn(name, value);
    onLearned.run();
  }

  private void learn(String name, byte[] value) {
    int separator = name.lastIndexOf(SEPARATOR);
    keyring.learn(
        name.substring(0, separator),
        name.substring(separator + 1),
        PublicKey.of(Arrays.copyOf(value, PublicKey.LENGTH)),
        ORIGINS[value[PublicKey.LENGTH]],
        MEMBER);
  }

  /** Not synchronized: a publish may hold the lock for long. */
  public CompletableFuture<?> close() {
    return listener.unregister();
  }
}
