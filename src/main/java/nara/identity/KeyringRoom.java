package nara.identity;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nara.bounds.FairQueue;

/**
 * Decides which names leave a full keyring, and which do not enter it. Names of the lowest tier
 * leave first, of these the oldest of the peer that brought most. The keyring's lock guards it.
 */
final class KeyringRoom {
  /** Names of these tiers can be evicted; those above never. See {@link NameClaims#tier}. */
  static final int TIERS = 3;

  private final List<FairQueue<String>> tiers =
      Stream.generate(FairQueue<String>::new).limit(TIERS).toList();

  /**
   * Follows a change of a name's claims.
   *
   * @param before null for a new name
   */
  void update(NameClaims before, NameClaims now) {
    if (before != null && before.tier() == now.tier()) {
      return;
    }
    if (before != null && before.tier() < TIERS) {
      tiers.get(before.tier()).remove(before.name());
    }
    if (now.tier() < TIERS) {
      tiers.get(now.tier()).add(now.introducer(), now.name(), 1);
    }
  }

  /** Removes and returns the next name to forget, of this tier or a lower one. */
  Optional<String> removeNext(int tier) {
    for (int i = 0; i <= tier && i < TIERS; i++) {
      Optional<String> next = tiers.get(i).removeOldestOfHeaviest();
      if (next.isPresent()) {
        return next;
      }
    }
    return Optional.empty();
  }

  /**
   * How many names, or ids, each kind of hearsay has brought. Each kind gets one part in {@value
   * #DIVISOR} of the room, as one peer can invent any number of names.
   */
  static final class Hearsay {
    static final int DIVISOR = 10;

    private final Map<Origin, Integer> counts = new EnumMap<>(Origin.class);

    /** Counts an origin that is hearsay. */
    void add(Origin origin, int difference) {
      if (origin.isHearsay()) {
        counts.merge(origin, difference, Integer::sum);
      }
    }

    /** Whether an origin is hearsay and has used its part of the room. */
    boolean isFull(long room, Origin origin) {
      return origin.isHearsay() && counts.getOrDefault(origin, 0) >= Math.max(1, room / DIVISOR);
    }
  }
}
