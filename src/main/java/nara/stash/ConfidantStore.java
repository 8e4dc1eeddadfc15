package nara.stash;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.identity.PublicKey;
import nara.identity.SelfEncryption;
import nara.stash.wire.StashLimits;

/**
 * The stashes that this node keeps for others: one for each key, the newest. An owner is its key:
 * whoever claims the id of another gets neither its stash nor its place.
 *
 * <p>When all places are taken, the stash with the longest silence of its owner makes room if the
 * owner is gone. Otherwise a newcomer may replace the oldest one of the host with the most owners,
 * as long as its own host has fewer even then. So one machine with many names cannot take all
 * places from others. Not thread-safe.
 */
final class ConfidantStore {
  /**
   * One stash.
   *
   * @param sealed nonce and ciphertext
   * @param sentAt by the owner's message: a replay is not newer
   * @param host from which the owner stored it
   */
  record KeptStash(
      String ownerId,
      String owner,
      PublicKey key,
      byte[] sealed,
      Instant storedAt,
      Instant sentAt,
      String host) {}

  private final int maxOwners;
  private final Map<PublicKey, KeptStash> byKey = new LinkedHashMap<>();
  private final Map<PublicKey, Instant> pushedAt = new HashMap<>();

  ConfidantStore(int maxOwners) {
    this.maxOwners = maxOwners;
  }

  /** Why a nonce and a ciphertext cannot be kept; empty when they can. */
  static String fault(int nonceBytes, int ciphertextBytes) {
    if (nonceBytes != SelfEncryption.NONCE_LENGTH) {
      return "nonce must be 24 bytes for XChaCha20-Poly1305";
    }
    if (ciphertextBytes == 0) {
      return "ciphertext required";
    }
    return ciphertextBytes > StashLimits.CIPHERTEXT_BYTES
        ? "ciphertext too large, at most " + StashLimits.CIPHERTEXT_BYTES + " bytes"
        : "";
  }

  /** Keeps a stash; returns why it refuses it, or an empty text. */
  String keep(KeptStash offered) {
    KeptStash held = byKey.get(offered.key());
    if (held != null && !offered.sentAt().isAfter(held.sentAt())) {
      return "older than the stash that is kept";
    }
    if (held == null && byKey.size() >= maxOwners && !makeRoom(offered)) {
      return "storage limit reached";
    }
    byKey.remove(offered.key());
    byKey.put(offered.key(), offered);
    return "";
  }

  private boolean makeRoom(KeptStash newcomer) {
    Optional<KeptStash> oldest =
        byKey.values().stream().min(Comparator.comparing(KeptStash::storedAt));
    if (oldest
        .filter(
            stash ->
                Duration.between(stash.storedAt(), newcomer.storedAt())
                        .compareTo(StashLimits.ABANDONED_AFTER)
                    > 0)
        .isPresent()) {
      byKey.remove(oldest.get().key());
      return true;
    }
    Map<String, Integer> owners = new HashMap<>();
    byKey.values().forEach(stash -> owners.merge(stash.host(), 1, Integer::sum));
    Optional<KeptStash> displaced =
        byKey.values().stream()
            .filter(stash -> owners.get(stash.host()) > owners.getOrDefault(newcomer.host(), 0) + 1)
            .max(
                Comparator.<KeptStash>comparingInt(stash -> owners.get(stash.host()))
                    .thenComparing(KeptStash::storedAt, Comparator.reverseOrder()));
    displaced.ifPresent(stash -> byKey.remove(stash.key()));
    return displaced.isPresent();
  }

  Optional<KeptStash> find(PublicKey owner) {
    return Optional.ofNullable(byKey.get(owner));
  }

  /**
   * The stash to push to an owner that was just heard, at most once in {@link
   * StashLimits#PUSH_INTERVAL}.
   */
  Optional<KeptStash> duePush(PublicKey owner, Instant now) {
    KeptStash kept = byKey.get(owner);
    Instant last = pushedAt.get(owner);
    if (kept == null
        || last != null
            && Duration.between(last, now).abs().compareTo(StashLimits.PUSH_INTERVAL) < 0) {
      return Optional.empty();
    }
    pushedAt.keySet().retainAll(byKey.keySet());
    pushedAt.put(owner, now);
    return Optional.of(kept);
  }

  /** Takes back what a snapshot kept, up to the limit of this node. */
  void restore(Collection<KeptStash> saved) {
    saved.stream().limit(maxOwners).forEach(stash -> byKey.putIfAbsent(stash.key(), stash));
  }

  List<KeptStash> all() {
    return List.copyOf(byKey.values());
  }

  int maxOwners() {
    return maxOwners;
  }

  long bytes() {
    return byKey.values().stream().mapToLong(stash -> stash.sealed().length).sum();
  }
}
