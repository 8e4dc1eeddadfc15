package nara.snapshot;

import java.util.List;
import nara.identity.Keyring;
import nara.identity.Keyring.KeyEntry;
import nara.identity.Origin;
import nara.identity.Witness;

/**
 * A key in a snapshot, with the evidence for it. A restart must not make a claim stronger than it
 * was.
 *
 * @param entry with {@link Origin#CONFIG} for a key of this node or its operator, {@link
 *     Origin#SNAPSHOT} for one that no peer can turn, otherwise {@link Origin#HEY_THERE}
 * @param supporters of such a key, the configured peers that have a vote for it
 */
record SnapshotKey(KeyEntry entry, List<Witness> supporters) {
  /** Supporters of one key. More decide nothing that these do not decide. */
  static final int MAX_SUPPORTERS = 16;

  /** A key without a vote. */
  SnapshotKey(KeyEntry entry) {
    this(entry, List.of());
  }

  /** The key that holds for a name, or that of an id. */
  static SnapshotKey of(KeyEntry known, Keyring keyring) {
    String name = known.name();
    String id = name.isEmpty() || keyring.idOf(name).isPresent() ? known.id() : "";
    Origin origin =
        known.origin().isOwn()
            ? Origin.CONFIG
            : keyring.isDecided(name) ? Origin.SNAPSHOT : Origin.HEY_THERE;
    List<Witness> supporters =
        origin == Origin.HEY_THERE ? keyring.configuredSupporters(name) : List.of();
    return new SnapshotKey(
        new KeyEntry(name, id, known.key(), origin),
        supporters.stream().limit(MAX_SUPPORTERS).toList());
  }

  /** Gives the key back to a keyring, unless it was the operator's, who may have taken it back. */
  boolean restore(Keyring keyring) {
    if (entry.origin().isOwn()) {
      return false;
    }
    keyring.learn(entry.name(), entry.id(), entry.key(), entry.origin());
    supporters.forEach(supporter -> keyring.support(entry.name(), entry.key(), supporter));
    return true;
  }
}
