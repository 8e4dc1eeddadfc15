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
 * ({@link Origin#own}) stands above such claims.
 *
 * <p>Several verticles share one keyring. Look-ups take no lock; learning takes one, and only for
 * news. Names and ids are bounded in number and length, since peers choose them; and what is only
 * {@link Origin#hearsay}, until it is confirmed, gets no more than a part of the room.
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
  public static final int HEARSAY_PART = 10;

  // A nara may be told of under a wrong id before its own arrives, so there is room for more than
  // one id per name.
  private static final int IDS_PER_NAME = 2;

  /** A nara as far as it is known. Name or id is empty when nobody told it. */
  public record Entry(String name, String id, PublicKey key, Origin origin) {
    private Entry withId(String told) {
      return new Entry(name, told, key, origin);
    }

    private Entry withName(String told) {
      return new Entry(told, id, key, origin);
    }

    private String shown() {
      return "%s (id %s, key %s, from %s)"
          .formatted(Keyring.shown(name), Keyring.shown(id), key, origin);
    }
  }

  /**
   * Two things told that cannot both be true.
   *
   * @param kept what was known first
   * @param offered what contradicted it
   * @param count how often it was offered
   */
  public record Conflict(Entry kept, Entry offered, long count) {
    /** A sentence for people. */
    public String sentence() {
      return "%s stays; %s contradicts it, told %d times"
          .formatted(kept.shown(), offered.shown(), count);
    }
  }

  /** To whom an id belongs, as told; origin is that of the claim, not that of the name's key. */
  private record Claim(Entry owner, boolean contested) {}

  private record Contradiction(Entry kept, Entry offered) {}

  private final int maxNames;
  private final Map<String, Entry> names = new ConcurrentHashMap<>();
  private final Map<String, Claim> ids = new ConcurrentHashMap<>();
  private volatile long version;

  // Guards all changes of the maps above, the version, and what follows.
  private final Object writing = new Object();
  private final Map<Origin, Integer> namesBy = new EnumMap<>(Origin.class);
  private final Map<Origin, Integer> idsBy = new EnumMap<>(Origin.class);
  private final Map<Contradiction, Long> conflicts = new LinkedHashMap<>();
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
  public Learned learn(String name, String id, PublicKey key, Origin origin) {
    if ((name.isEmpty() && id.isEmpty())
        || name.length() > MAX_NAME_CHARACTERS
        || id.length() > MAX_ID_CHARACTERS) {
      return Learned.REFUSED;
    }
    if (holds(name, id, key, origin)) {
      return Learned.KNOWN;
    }
    synchronized (writing) {
      return learnNews(new Entry(name, id, key, origin));
    }
  }

  /**
   * The usual case, without a lock: each hey-there of a nara tells again what the first one did.
   */
  private boolean holds(String name, String id, PublicKey key, Origin origin) {
    Entry named = names.get(name);
    if (named == null || !named.key().equals(key) || confirms(origin, named)) {
      return false;
    }
    Entry owner = ownerOf(id);
    return id.isEmpty()
        || (owner != null
            && owner.name().equals(name)
            && !confirms(origin, owner)
            && (owner.origin().own() || !origin.own()));
  }

  /** Whether it is more than hearsay now, and was not before. */
  private static boolean confirms(Origin told, Entry known) {
    return known.origin().hearsay() && !told.hearsay();
  }

  private Learned learnNews(Entry told) {
    Entry named = names.get(told.name());
    if (named != null && !named.key().equals(told.key())) {
      note(named, told);
      contestIfBoundOtherwise(told);
      return Learned.CONFLICT;
    }
    boolean newName = named == null && !told.name().isEmpty();
    if (newName) {
      if (isFull(names.size(), maxNames, namesBy, told.origin())) {
        return Learned.FULL;
      }
      // The name goes in before its id: whoever finds the id finds the name as well.
      name(told.withId(""));
    } else if (named != null && confirms(told.origin(), named)) {
      name(new Entry(named.name(), named.id(), named.key(), told.origin()));
    }
    Learned id = told.id().isEmpty() ? Learned.KNOWN : bind(told);
    if (newName || id == Learned.ADDED) {
      version++;
      return Learned.ADDED;
    }
    return id;
  }

  /** Ties the told id to the told name and key, whose name is known with that key by now. */
  private Learned bind(Entry told) {
    Claim claim = ids.get(told.id());
    if (claim == null) {
      // A long, so that the largest of all keyrings does not overflow into a negative one.
      if (isFull(ids.size(), (long) maxNames * IDS_PER_NAME, idsBy, told.origin())) {
        return Learned.FULL;
      }
      give(told);
      return Learned.ADDED;
    }
    Entry owner = claim.owner();
    boolean agrees = agrees(owner, told);
    if (!agrees) {
      note(owner, told);
    }
    if (told.origin().own() && !owner.origin().own()) {
      give(agrees && told.name().isEmpty() ? told.withName(owner.name()) : told);
      return Learned.ADDED;
    }
    if (!agrees) {
      contest(claim);
      return Learned.CONFLICT;
    }
    if (claim.contested()) {
      return told.name().isEmpty() ? Learned.CONFLICT : Learned.KNOWN;
    }
    if (owner.name().isEmpty() && !told.name().isEmpty()) {
      give(owner.withName(told.name()));
      return Learned.ADDED;
    }
    if (confirms(told.origin(), owner)) {
      give(new Entry(owner.name(), owner.id(), owner.key(), told.origin()));
    }
    return Learned.KNOWN;
  }

  private static boolean isFull(long size, long most, Map<Origin, Integer> by, Origin origin) {
    return size >= most
        || (origin.hearsay() && by.getOrDefault(origin, 0) >= Math.max(1, most / HEARSAY_PART));
  }

  private void give(Entry owner) {
    claim(new Claim(owner, false));
    Entry named = names.get(owner.name());
    if (named != null && idOf(owner.name()).isEmpty()) {
      name(named.withId(owner.id()));
    }
  }

  private void name(Entry named) {
    Entry before = names.put(named.name(), named);
    count(namesBy, before == null ? null : before.origin(), named.origin());
  }

  private void claim(Claim claim) {
    Claim before = ids.put(claim.owner().id(), claim);
    count(idsBy, before == null ? null : before.owner().origin(), claim.owner().origin());
  }

  private static void count(Map<Origin, Integer> by, Origin before, Origin now) {
    if (before != null) {
      by.merge(before, -1, Integer::sum);
    }
    by.merge(now, 1, Integer::sum);
  }

  private void contestIfBoundOtherwise(Entry told) {
    Claim claim = ids.get(told.id());
    if (claim != null && !agrees(claim.owner(), told)) {
      contest(claim);
    }
  }

  /** The version moves: what the id stood against may be found by its name now. */
  private void contest(Claim claim) {
    if (!claim.contested() && !claim.owner().origin().own()) {
      claim(new Claim(claim.owner(), true));
      version++;
    }
  }

  private static boolean agrees(Entry owner, Entry told) {
    return owner.key().equals(told.key())
        && (owner.name().isEmpty() || told.name().isEmpty() || owner.name().equals(told.name()));
  }

  private void note(Entry kept, Entry offered) {
    conflictCount++;
    Contradiction contradiction = new Contradiction(kept, offered);
    if (conflicts.size() < MAX_CONFLICTS_LISTED || conflicts.containsKey(contradiction)) {
      conflicts.merge(contradiction, 1L, Long::sum);
    }
  }

  /**
   * Whose key an event must be signed with: that of the emitter's id, when the id is known and not
   * contested, else that of the emitter's name. An id that belongs to another name than the event
   * says, or to another key than the name has, is a mismatch: no signature makes up for it.
   *
   * @param emitterId the event's emitter id, or "" when it has none
   */
  public Lookup lookup(String emitter, String emitterId) {
    Entry named = names.get(emitter);
    Entry owner = ownerOf(emitterId);
    if (owner == null) {
      return named == null ? new Lookup.Unknown() : new Lookup.Known(named.key());
    }
    boolean nameless = owner.name().isEmpty();
    if (!nameless && !owner.name().equals(emitter)) {
      return new Lookup.Mismatch(
          "emitter id %s belongs to %s, not to %s"
              .formatted(shown(emitterId), shown(owner.name()), shown(emitter)));
    }
    // Without this, an id told without a name would be a way to sign as anybody.
    if (nameless && named != null && !named.key().equals(owner.key())) {
      return new Lookup.Mismatch(
          "emitter id %s belongs to another key than that of %s"
              .formatted(shown(emitterId), shown(emitter)));
    }
    return new Lookup.Known(owner.key());
  }

  /** The key of a name. */
  public Optional<PublicKey> byName(String name) {
    return Optional.ofNullable(names.get(name)).map(Entry::key);
  }

  /** The key of an id; empty when the id is unknown or contested. */
  public Optional<PublicKey> byId(String id) {
    return Optional.ofNullable(ownerOf(id)).map(Entry::key);
  }

  /** The name that an id belongs to; empty when it is unknown or contested. */
  public Optional<String> nameOf(String id) {
    return Optional.ofNullable(ownerOf(id)).map(Entry::name).filter(name -> !name.isEmpty());
  }

  /** The first id told of a name that is not contested. */
  public Optional<String> idOf(String name) {
    return Optional.ofNullable(names.get(name))
        .map(Entry::id)
        .filter(id -> nameOf(id).filter(name::equals).isPresent());
  }

  private Entry ownerOf(String id) {
    Claim claim = ids.get(id);
    return claim == null || claim.contested() ? null : claim.owner();
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
  public List<Entry> entries() {
    Stream<Entry> nameless =
        ids.values().stream()
            .filter(claim -> !claim.contested() && claim.owner().name().isEmpty())
            .map(Claim::owner);
    return Stream.concat(names.values().stream(), nameless)
        .sorted(Comparator.comparing(Entry::name).thenComparing(Entry::id))
        .toList();
  }

  /** The contradictions told so far, oldest first, at most {@link #MAX_CONFLICTS_LISTED}. */
  public List<Conflict> conflicts() {
    synchronized (writing) {
      List<Conflict> listed = new ArrayList<>(conflicts.size());
      conflicts.forEach(
          (told, count) -> listed.add(new Conflict(told.kept(), told.offered(), count)));
      return listed;
    }
  }

  /** How often something was told that contradicts what is known, listed or not. */
  public long conflictCount() {
    synchronized (writing) {
      return conflictCount;
    }
  }

  /** What a peer chose, fit for a log line: one line of at most 64 characters. */
  private static String shown(String told) {
    String line =
        told.codePoints()
            .limit(64)
            .map(
                c ->
                    Character.isISOControl(c)
                            || Character.getType(c) == Character.FORMAT
                            || c == 0x2028
                            || c == 0x2029
                        ? '\uFFFD'
                        : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return told.length() > line.length() ? line + "…" : line;
  }
}
