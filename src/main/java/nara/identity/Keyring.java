package nara.identity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import nara.bounds.SafeText;

/**
 * Who has which key, and who said so.
 *
 * <p>Trust here is on first use: a name's first key stays its key. A second, different one is a
 * conflict, reported and never taken, and of what is known only gaps are filled.
 *
 * <p>Ids need more care. No signature covers an id, so "this id is that nara's" is the word of
 * whoever relayed it, and anybody could tie somebody's id to a key of his own. An id that is
 * claimed for two different naras is therefore <em>contested</em> from then on: look-ups pass over
 * it and the name, which is signed, decides. Only what this node itself or its operator says
 * ({@link Origin#isOwn}) stands above such claims.
 *
 * <p>Several verticles share one keyring. Look-ups take no lock; learning takes one, and only for
 * news. Names and ids are bounded in number and length, since peers choose them; and what is only
 * {@link Origin#isHearsay}, until it is confirmed, gets no more than a part of the room.
 */
public final class Keyring {
  /** Names kept unless said otherwise: far above any network seen, some 40 MB when full. */
  public static final int DEFAULT_MAX_NAMES = 100_000;

  /** Characters of a name, at most. Names of any content are legal; longer ones are an attack. */
  public static final int MAX_NAME_CHARACTERS = 1_024;

  /** Characters of an id, at most; a real one has 44. */
  public static final int MAX_ID_CHARACTERS = 256;

  /** Different conflicts kept for the report; further ones are only counted. */
  public static final int MAX_CONFLICTS_LISTED = 1_000;

  /**
   * The part of the room that each kind of hearsay may take: one signature is enough to tell of
   * many names that do not exist, and they must not keep out those that do.
   */
  public static final int HEARSAY_DIVISOR = 10;

  // A nara may be told of under a wrong id before its own arrives, so there is room for more than
  // one id per name.
  private static final int IDS_PER_NAME = 2;

  /** A nara as far as it is known. Name or id is empty when nobody told it. */
  public record KeyEntry(String name, String id, PublicKey key, Origin origin) {
    private KeyEntry withId(String told) {
      return new KeyEntry(name, told, key, origin);
    }

    private KeyEntry withName(String told) {
      return new KeyEntry(told, id, key, origin);
    }

    private String description() {
      return "%s (id %s, key %s, from %s)"
          .formatted(SafeText.excerpt(name), SafeText.excerpt(id), key, origin);
    }
  }

  /**
   * Two things told that cannot both be true.
   *
   * @param kept what was known first
   * @param offered what contradicted it
   * @param count how often it was offered
   */
  public record Conflict(KeyEntry kept, KeyEntry offered, long count) {
    /** A sentence for people. */
    public String description() {
      return "%s stays; %s contradicts it, told %d times"
          .formatted(kept.description(), offered.description(), count);
    }
  }

  /** To whom an id belongs, as told; origin is that of the claim, not that of the name's key. */
  private record IdClaim(KeyEntry owner, boolean contested) {}

  private record ConflictKey(KeyEntry kept, KeyEntry offered) {}

  private final int maxNames;
  private final Map<String, KeyEntry> names = new ConcurrentHashMap<>();
  private final Map<String, IdClaim> ids = new ConcurrentHashMap<>();
  private volatile long version;

  // Guards all changes of the maps above, the version, and what follows.
  private final Object lock = new Object();
  private final Map<Origin, Integer> namesByOrigin = new EnumMap<>(Origin.class);
  private final Map<Origin, Integer> idsByOrigin = new EnumMap<>(Origin.class);
  private final Map<ConflictKey, Long> conflicts = new LinkedHashMap<>();
  private long conflictCount;

  /** An empty keyring for {@link #DEFAULT_MAX_NAMES} names. */
  public Keyring() {
    this(DEFAULT_MAX_NAMES);
  }

  /**
   * An empty keyring.
   *
   * @param maxNames how many names it takes; twice as many ids, and a tenth of both from each kind
   *     of hearsay, but always one
   */
  public Keyring(int maxNames) {
    if (maxNames < 1) {
      throw new IllegalArgumentException("a keyring needs room for a name, not " + maxNames);
    }
    this.maxNames = maxNames;
  }

  /**
   * Takes note that a name, an id, or both belong to a key.
   *
   * @param name the nara's name, or "" when it is not known
   * @param id its id, or "" when it is not known
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

  /**
   * The usual case, without a lock: each hey-there of a nara tells again what the first one did.
   */
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

  /** Whether it is more than hearsay now, and was not before. */
  private static boolean isConfirmation(Origin offered, KeyEntry known) {
    return known.origin().isHearsay() && !offered.isHearsay();
  }

  private LearnResult learnNew(KeyEntry offered) {
    KeyEntry named = names.get(offered.name());
    if (named != null && !named.key().equals(offered.key())) {
      recordConflict(named, offered);
      contestIfBoundElsewhere(offered);
      return LearnResult.CONFLICT;
    }
    boolean newName = named == null && !offered.name().isEmpty();
    if (newName) {
      if (isFull(names.size(), maxNames, namesByOrigin, offered.origin())) {
        return LearnResult.FULL;
      }
      // The name goes in before its id: whoever finds the id finds the name as well.
      putName(offered.withId(""));
    } else if (named != null && isConfirmation(offered.origin(), named)) {
      putName(new KeyEntry(named.name(), named.id(), named.key(), offered.origin()));
    }
    LearnResult id = offered.id().isEmpty() ? LearnResult.KNOWN : bindId(offered);
    if (newName || id == LearnResult.ADDED) {
      version++;
      return LearnResult.ADDED;
    }
    return id;
  }

  /** Ties the told id to the told name and key, whose name is known with that key by now. */
  private LearnResult bindId(KeyEntry offered) {
    IdClaim idClaim = ids.get(offered.id());
    if (idClaim == null) {
      // A long, so that the largest of all keyrings does not overflow into a negative one.
      if (isFull(ids.size(), (long) maxNames * IDS_PER_NAME, idsByOrigin, offered.origin())) {
        return LearnResult.FULL;
      }
      assignId(offered);
      return LearnResult.ADDED;
    }
    KeyEntry owner = idClaim.owner();
    boolean consistent = isConsistent(owner, offered);
    if (!consistent) {
      recordConflict(owner, offered);
    }
    if (offered.origin().isOwn() && !owner.origin().isOwn()) {
      assignId(consistent && offered.name().isEmpty() ? offered.withName(owner.name()) : offered);
      return LearnResult.ADDED;
    }
    if (!consistent) {
      markContested(idClaim);
      return LearnResult.CONFLICT;
    }
    if (idClaim.contested()) {
      return offered.name().isEmpty() ? LearnResult.CONFLICT : LearnResult.KNOWN;
    }
    if (owner.name().isEmpty() && !offered.name().isEmpty()) {
      assignId(owner.withName(offered.name()));
      return LearnResult.ADDED;
    }
    if (isConfirmation(offered.origin(), owner)) {
      assignId(new KeyEntry(owner.name(), owner.id(), owner.key(), offered.origin()));
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

  private void putClaim(IdClaim idClaim) {
    IdClaim before = ids.put(idClaim.owner().id(), idClaim);
    updateCount(
        idsByOrigin, before == null ? null : before.owner().origin(), idClaim.owner().origin());
  }

  private static void updateCount(Map<Origin, Integer> by, Origin before, Origin now) {
    if (before != null) {
      by.merge(before, -1, Integer::sum);
    }
    by.merge(now, 1, Integer::sum);
  }

  private void contestIfBoundElsewhere(KeyEntry offered) {
    IdClaim idClaim = ids.get(offered.id());
    if (idClaim != null && !isConsistent(idClaim.owner(), offered)) {
      markContested(idClaim);
    }
  }

  /** The version moves: what the id stood against may be found by its name now. */
  private void markContested(IdClaim idClaim) {
    if (!idClaim.contested() && !idClaim.owner().origin().isOwn()) {
      putClaim(new IdClaim(idClaim.owner(), true));
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
    ConflictKey conflictKey = new ConflictKey(kept, offered);
    if (conflicts.size() < MAX_CONFLICTS_LISTED || conflicts.containsKey(conflictKey)) {
      conflicts.merge(conflictKey, 1L, Long::sum);
    }
  }

  /**
   * Whose key an event must be signed with: that of the emitter's id, when the id is known and not
   * contested, else that of the emitter's name. An id that belongs to another name than the event
   * says, or to another key than the name has, is a mismatch: no signature makes up for it.
   *
   * @param emitterId the event's emitter id, or "" when it has none
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
              .formatted(
                  SafeText.excerpt(emitterId),
                  SafeText.excerpt(owner.name()),
                  SafeText.excerpt(emitter)));
    }
    // Without this, an id told without a name would be a way to sign as anybody.
    if (nameless && named != null && !named.key().equals(owner.key())) {
      return new KeyLookup.Mismatch(
          "emitter id %s belongs to another key than that of %s"
              .formatted(SafeText.excerpt(emitterId), SafeText.excerpt(emitter)));
    }
    return new KeyLookup.Known(owner.key());
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

  /** The first id told of a name that is not contested. */
  public Optional<String> idOf(String name) {
    return Optional.ofNullable(names.get(name))
        .map(KeyEntry::id)
        .filter(id -> nameOf(id).filter(name::equals).isPresent());
  }

  private KeyEntry ownerOf(String id) {
    IdClaim idClaim = ids.get(id);
    return idClaim == null || idClaim.contested() ? null : idClaim.owner();
  }

  /** How many names have a key. */
  public int size() {
    return names.size();
  }

  /**
   * Grows whenever a look-up may answer otherwise than before, so that whoever waits for a key
   * knows when to look again. What was learned up to a version is visible to whoever has seen it.
   */
  public long version() {
    return version;
  }

  /**
   * Each name with the first id told of it, contested or not, and each uncontested id without a
   * name; ordered by name, then id.
   */
  public List<KeyEntry> entries() {
    Stream<KeyEntry> nameless =
        ids.values().stream()
            .filter(idClaim -> !idClaim.contested() && idClaim.owner().name().isEmpty())
            .map(IdClaim::owner);
    return Stream.concat(names.values().stream(), nameless)
        .sorted(Comparator.comparing(KeyEntry::name).thenComparing(KeyEntry::id))
        .toList();
  }

  /** The contradictions told so far, oldest first, at most {@link #MAX_CONFLICTS_LISTED}. */
  public List<Conflict> conflicts() {
    synchronized (lock) {
      List<Conflict> listed = new ArrayList<>(conflicts.size());
      conflicts.forEach(
          (told, count) -> listed.add(new Conflict(told.kept(), told.offered(), count)));
      return listed;
    }
  }

  /** How often something was told that contradicts what is known, listed or not. */
  public long conflictCount() {
    synchronized (lock) {
      return conflictCount;
    }
  }
}
