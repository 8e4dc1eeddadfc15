package nara.identity;

import static nara.bounds.SafeText.excerpt;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The keys of all known naras, with their names, ids and origins.
 *
 * <p>Trust on first use: the first key of a name stays. A different one is a conflict, which is
 * reported and rejected.
 *
 * <p>No signature covers an id, so any relay can claim that an id belongs to its own key. When an
 * id is claimed for two naras, it is <em>contested</em>: look-ups ignore it, and the signed name
 * decides. Only entries of this node or its operator ({@link Origin#isOwn}) cannot be contested.
 *
 * <p>Thread-safe: look-ups take no lock, learning takes one for new entries. Peers choose names and
 * ids, so their number and length are limited; {@linkplain Origin#isHearsay hearsay} gets a part of
 * the room until it is confirmed.
 */
public final class Keyring {
  /** Default capacity: far above any network seen, some 40 MB when full. */
  public static final int DEFAULT_MAX_NAMES = 100_000;

  /** Characters of a name. Any content is legal; longer names are an attack. */
  public static final int MAX_NAME_CHARACTERS = 1_024;

  /** Characters of an id; a real one has 44. */
  public static final int MAX_ID_CHARACTERS = 256;

  /** Distinct conflicts kept for reports; further ones are only counted. */
  public static final int MAX_CONFLICTS_LISTED = 1_000;

  /**
   * Each kind of hearsay gets one part in ten of the room: one peer can invent any number of names,
   * and they must not displace real ones.
   */
  private static final int HEARSAY_DIVISOR = 10;

  /** More than one, since a wrong id of a nara may arrive before its own. */
  private static final int IDS_PER_NAME = 2;

  /** A known nara. Name or id may be empty; the origin is that of the key or of the id's claim. */
  public record KeyEntry(String name, String id, PublicKey key, Origin origin) {
    private KeyEntry withId(String newId) {
      return new KeyEntry(name, newId, key, origin);
    }

    private KeyEntry withName(String newName) {
      return new KeyEntry(newName, id, key, origin);
    }

    private KeyEntry withOrigin(Origin newOrigin) {
      return new KeyEntry(name, id, key, newOrigin);
    }
  }

  /**
   * Two entries that contradict each other: one name with two keys, or one id of two naras.
   *
   * @param kept the entry that was known first
   * @param offered the rejected entry; its origin tells how it was claimed
   * @param count how often it was offered
   */
  public record Conflict(KeyEntry kept, KeyEntry offered, long count) {}

  private record IdClaim(KeyEntry owner, boolean contested) {}

  private final int maxNames;
  private final Map<String, KeyEntry> names = new ConcurrentHashMap<>();
  private final Map<String, IdClaim> ids = new ConcurrentHashMap<>();
  private volatile long version;

  // Guards all changes of the fields above, and the fields below.
  private final Object lock = new Object();
  private final Map<Origin, Integer> namesByOrigin = new EnumMap<>(Origin.class);
  private final Map<Origin, Integer> idsByOrigin = new EnumMap<>(Origin.class);
  private final Map<List<KeyEntry>, Conflict> conflicts = new LinkedHashMap<>();
  private long conflictCount;

  /** An empty keyring of the default capacity. */
  public Keyring() {
    this(DEFAULT_MAX_NAMES);
  }

  /**
   * @param maxNames capacity: so many names, twice as many ids, and of both a tenth, at least one,
   *     from each kind of hearsay
   */
  public Keyring(int maxNames) {
    if (maxNames < 1) {
      throw new IllegalArgumentException(
          "a keyring needs room for at least one name, got " + maxNames);
    }
    this.maxNames = maxNames;
  }

  /**
   * Learns that a name, an id, or both belong to a key.
   *
   * @param name "" when unknown
   * @param id "" when unknown
   */
  public LearnResult learn(String name, String id, PublicKey key, Origin origin) {
    if ((name.isEmpty() && id.isEmpty())
        || name.length() > MAX_NAME_CHARACTERS
        || id.length() > MAX_ID_CHARACTERS) {
      return LearnResult.REFUSED;
    }
    if (isKnown(name, id, key, origin)) {
      return LearnResult.KNOWN;
    }
    synchronized (lock) {
      return learnNew(new KeyEntry(name, id, key, origin));
    }
  }

  /** The usual case, without a lock: each hey-there of a nara repeats the first one. */
  private boolean isKnown(String name, String id, PublicKey key, Origin origin) {
    KeyEntry named = names.get(name);
    if (named == null || !named.key().equals(key) || isConfirmation(origin, named)) {
      return false;
    }
    KeyEntry owner = ownerOf(id);
    return id.isEmpty()
        || (owner != null
            && owner.name().equals(name)
            && !isConfirmation(origin, owner)
            && (owner.origin().isOwn() || !origin.isOwn()));
  }

  /** Whether the offered origin turns hearsay into more than that. */
  private static boolean isConfirmation(Origin offered, KeyEntry known) {
    return known.origin().isHearsay() && !offered.isHearsay();
  }

  private LearnResult learnNew(KeyEntry offered) {
    KeyEntry named = names.get(offered.name());
    if (named != null && !named.key().equals(offered.key())) {
      recordConflict(named, offered);
      IdClaim claim = ids.get(offered.id());
      if (claim != null && !isConsistent(claim.owner(), offered)) {
        markContested(claim);
      }
      return LearnResult.CONFLICT;
    }
    boolean newName = named == null && !offered.name().isEmpty();
    if (newName) {
      if (isFull(names.size(), maxNames, namesByOrigin, offered.origin())) {
        return LearnResult.FULL;
      }
      // The name before its id, so that a reader that finds the id finds the name, too.
      putName(offered.withId(""));
    } else if (named != null && isConfirmation(offered.origin(), named)) {
      putName(named.withOrigin(offered.origin()));
    }
    LearnResult id = offered.id().isEmpty() ? LearnResult.KNOWN : bindId(offered);
    if (newName || id == LearnResult.ADDED) {
      version++;
      return LearnResult.ADDED;
    }
    return id;
  }

  /** Binds the id to the name and key; the name is known with this key by now. */
  private LearnResult bindId(KeyEntry offered) {
    IdClaim claim = ids.get(offered.id());
    if (claim == null) {
      // A long: twice the largest capacity overflows an int.
      if (isFull(ids.size(), (long) maxNames * IDS_PER_NAME, idsByOrigin, offered.origin())) {
        return LearnResult.FULL;
      }
      assignId(offered);
      return LearnResult.ADDED;
    }
    KeyEntry owner = claim.owner();
    boolean consistent = isConsistent(owner, offered);
    if (!consistent) {
      recordConflict(owner, offered);
    }
    if (offered.origin().isOwn() && !owner.origin().isOwn()) {
      assignId(consistent && offered.name().isEmpty() ? offered.withName(owner.name()) : offered);
      return LearnResult.ADDED;
    }
    if (!consistent) {
      markContested(claim);
      return LearnResult.CONFLICT;
    }
    if (claim.contested()) {
      return offered.name().isEmpty() ? LearnResult.CONFLICT : LearnResult.KNOWN;
    }
    if (owner.name().isEmpty() && !offered.name().isEmpty()) {
      assignId(owner.withName(offered.name()));
      return LearnResult.ADDED;
    }
    if (isConfirmation(offered.origin(), owner)) {
      assignId(owner.withOrigin(offered.origin()));
    }
    return LearnResult.KNOWN;
  }

  private static boolean isFull(long size, long limit, Map<Origin, Integer> by, Origin origin) {
    return size >= limit
        || (origin.isHearsay()
            && by.getOrDefault(origin, 0) >= Math.max(1, limit / HEARSAY_DIVISOR));
  }

  private void assignId(KeyEntry owner) {
    putClaim(new IdClaim(owner, false));
    KeyEntry named = names.get(owner.name());
    if (named != null && idOf(owner.name()).isEmpty()) {
      putName(named.withId(owner.id()));
    }
  }

  private void putName(KeyEntry named) {
    KeyEntry before = names.put(named.name(), named);
    updateCount(namesByOrigin, before == null ? null : before.origin(), named.origin());
  }

  private void putClaim(IdClaim claim) {
    IdClaim before = ids.put(claim.owner().id(), claim);
    updateCount(
        idsByOrigin, before == null ? null : before.owner().origin(), claim.owner().origin());
  }

  private static void updateCount(Map<Origin, Integer> by, Origin before, Origin now) {
    if (before != null) {
      by.merge(before, -1, Integer::sum);
    }
    by.merge(now, 1, Integer::sum);
  }

  /** Grows the version: a look-up that the id prevented may succeed by the name now. */
  private void markContested(IdClaim claim) {
    if (!claim.contested() && !claim.owner().origin().isOwn()) {
      putClaim(new IdClaim(claim.owner(), true));
      version++;
    }
  }

  private static boolean isConsistent(KeyEntry owner, KeyEntry offered) {
    return owner.key().equals(offered.key())
        && (owner.name().isEmpty()
            || offered.name().isEmpty()
            || owner.name().equals(offered.name()));
  }

  private void recordConflict(KeyEntry kept, KeyEntry offered) {
    conflictCount++;
    List<KeyEntry> pair = List.of(kept, offered);
    Conflict before = conflicts.get(pair);
    if (before != null || conflicts.size() < MAX_CONFLICTS_LISTED) {
      conflicts.put(pair, new Conflict(kept, offered, before == null ? 1 : before.count() + 1));
    }
  }

  /**
   * The key that must have signed an event: that of the emitter's id, if known and not contested,
   * else that of the emitter's name. It is a mismatch when the id belongs to another name, or to
   * another key than the name has.
   *
   * @param emitterId may be ""
   */
  public KeyLookup lookup(String emitter, String emitterId) {
    KeyEntry named = names.get(emitter);
    KeyEntry owner = ownerOf(emitterId);
    if (owner == null) {
      return named == null ? new KeyLookup.Unknown() : new KeyLookup.Known(named.key());
    }
    boolean nameless = owner.name().isEmpty();
    if (!nameless && !owner.name().equals(emitter)) {
      return new KeyLookup.Mismatch(
          "emitter id %s belongs to %s, not to %s"
              .formatted(excerpt(emitterId), excerpt(owner.name()), excerpt(emitter)));
    }
    // Otherwise a claim of an id without a name would allow signing under any name.
    if (nameless && named != null && !named.key().equals(owner.key())) {
      return new KeyLookup.Mismatch(
          "emitter id %s belongs to another key than that of %s"
              .formatted(excerpt(emitterId), excerpt(emitter)));
    }
    return new KeyLookup.Known(owner.key());
  }

  /** How well the nara of that name is known. */
  public Standing standing(String name) {
    KeyEntry named = names.get(name);
    if (named == null) {
      return Standing.UNKNOWN;
    }
    return named.origin().isOwn() || named.origin() == Origin.PING
        ? Standing.ESTABLISHED
        : Standing.KNOWN;
  }

  /** The key of a name. */
  public Optional<PublicKey> byName(String name) {
    return Optional.ofNullable(names.get(name)).map(KeyEntry::key);
  }

  /** The key of an id; empty when the id is unknown or contested. */
  public Optional<PublicKey> byId(String id) {
    return Optional.ofNullable(ownerOf(id)).map(KeyEntry::key);
  }

  /** The name that an id belongs to; empty when it is unknown or contested. */
  public Optional<String> nameOf(String id) {
    return Optional.ofNullable(ownerOf(id)).map(KeyEntry::name).filter(name -> !name.isEmpty());
  }

  /** The first id claimed for a name, unless it is contested. */
  public Optional<String> idOf(String name) {
    return Optional.ofNullable(names.get(name))
        .map(KeyEntry::id)
        .filter(id -> nameOf(id).filter(name::equals).isPresent());
  }

  private KeyEntry ownerOf(String id) {
    IdClaim claim = ids.get(id);
    return claim == null || claim.contested() ? null : claim.owner();
  }

  /** How many names have a key. */
  public int size() {
    return names.size();
  }

  /**
   * Grows whenever the result of a look-up may have changed. Everything learned up to a version is
   * visible to a thread that has read it.
   */
  public long version() {
    return version;
  }

  /**
   * Each name with the first id claimed for it, contested or not, and each uncontested id without a
   * name; sorted by name, then id.
   */
  public List<KeyEntry> entries() {
    Stream<KeyEntry> nameless =
        ids.values().stream()
            .filter(claim -> !claim.contested() && claim.owner().name().isEmpty())
            .map(IdClaim::owner);
    return Stream.concat(names.values().stream(), nameless)
        .sorted(Comparator.comparing(KeyEntry::name).thenComparing(KeyEntry::id))
        .toList();
  }

  /** The conflicts so far, oldest first, at most {@link #MAX_CONFLICTS_LISTED}. */
  public List<Conflict> conflicts() {
    synchronized (lock) {
      return List.copyOf(conflicts.values());
    }
  }

  /** Conflicting offers so far, listed or not. */
  public long conflictCount() {
    synchronized (lock) {
      return conflictCount;
    }
  }
}
