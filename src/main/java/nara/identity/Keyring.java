package nara.identity;

import static nara.bounds.SafeText.excerpt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import nara.identity.IdClaims.IdClaim;

/**
 * The keys of all known naras, with their names, ids and the evidence for them.
 *
 * <p>A name with one claimed key has that key. Of several keys, the one with the strongest evidence
 * holds: the operator's and this node's own, then this node's snapshot, then the nara's response at
 * its configured address, then the number of configured peers that serve the key, then the nara's
 * response at another address, then the number of other addresses that serve it. Equal evidence
 * leaves the name <em>contested</em>. Outside a recovery the key that holds stays until stronger
 * evidence comes.
 *
 * <p>No signature covers an id, so any relay can claim that an id belongs to its own key. A name
 * decides before an id. When an id is claimed for several naras, {@link #keysOfId} gives all their
 * keys.
 *
 * <p>Thread-safe: lookups take no lock, and only new evidence takes one. Peers choose names and
 * ids, so their number and length are limited. When the room is full, names with the least evidence
 * go first, and a tenth of it is reserved for names that the operator or the nara itself supports.
 */
public final class Keyring implements Standing.Lookup {
  /** Default capacity: far above any network seen, some 60 MB when full. */
  public static final int DEFAULT_MAX_NAMES = 100_000;

  /** Characters of a name. Any content is legal; longer names are an attack. */
  public static final int MAX_NAME_CHARACTERS = 1_024;

  /** Characters of an id; a real one has 44. */
  public static final int MAX_ID_CHARACTERS = 256;

  /** Names with several keys, and ids of several names, kept for reports. */
  public static final int MAX_CONFLICTS_LISTED = 1_000;

  /**
   * Naras that responded to pings at one host and need no voucher. One stranger can respond under
   * any number of names, so more names share the host as voucher.
   */
  static final int MAX_LIVE_NAMES_OF_HOST = 4;

  /** One part of the room is reserved for names above all tiers. */
  private static final int RESERVED_DIVISOR = 10;

  /** More than one, since a wrong id of a nara may arrive before its own. */
  private static final int IDS_PER_NAME = 2;

  /** A known nara. Name or id may be empty; the origin is that of the key or of the id's claim. */
  public record KeyEntry(String name, String id, PublicKey key, Origin origin) {}

  /**
   * A name with several keys, or an id of several names.
   *
   * @param name the nara's name; the first claimant's when only an id is contested
   * @param claims the key that holds first, then by evidence
   * @param decision the key that holds; empty when the evidence is equal
   * @param byOperator whether the operator, this node's snapshot or configured peers decided
   * @param disputed see {@link #isDisputed}
   * @param claimedBy other names that claim its id
   */
  public record Conflict(
      String name,
      List<ClaimedKey> claims,
      Optional<PublicKey> decision,
      boolean byOperator,
      boolean disputed,
      List<String> claimedBy) {}

  /**
   * A claimed key.
   *
   * @param evidence who supports it, in words and with some addresses, strongest first
   */
  public record ClaimedKey(PublicKey key, List<String> evidence) {}

  /**
   * The changes since the last call of {@link #takeChanges}.
   *
   * @param keys names whose key was decided or contested, and ids with new claimants
   * @param overturned names whose former key does not hold any more
   * @param conflicts names that got a second key
   */
  public record Changes(Set<String> keys, Set<String> overturned, Set<String> conflicts) {
    public boolean isEmpty() {
      return keys.isEmpty() && overturned.isEmpty() && conflicts.isEmpty();
    }
  }

  private final int maxNames;
  private final boolean firstWins;
  private final Map<String, NameClaims> names = new ConcurrentHashMap<>();
  private final IdClaims ids = new IdClaims(names);

  /** The number of names that responded to pings, by host. */
  private final Map<String, Integer> liveNames = new ConcurrentHashMap<>();

  private volatile long version;

  // Guards all changes of the fields above, and the fields below.
  private final Object lock = new Object();
  private final KeyringRoom room = new KeyringRoom();
  private final KeyringRoom.Hearsay hearsayNames = new KeyringRoom.Hearsay();
  private final Set<String> conflictingNames = new LinkedHashSet<>();
  private Set<String> changedKeys = new HashSet<>();
  private Set<String> overturned = new HashSet<>();
  private Set<String> newConflicts = new LinkedHashSet<>();
  private boolean changed;
  private long conflictCount;
  private long created;

  /** Names created from this number on have no settled key. */
  private long openFrom = Long.MAX_VALUE;

  /** An empty keyring of the default capacity. */
  public Keyring() {
    this(DEFAULT_MAX_NAMES);
  }

  /**
   * @param maxNames capacity: so many names, twice as many ids, and of both a tenth, at least one,
   *     from each kind of hearsay
   */
  public Keyring(int maxNames) {
    this(maxNames, false);
  }

  private Keyring(int maxNames, boolean firstWins) {
    if (maxNames < 1) {
      throw new IllegalArgumentException(
          "a keyring needs room for at least one name, got " + maxNames);
    }
    this.maxNames = maxNames;
    this.firstWins = firstWins;
  }

  /**
   * An empty keyring in which the first key of a name holds for good, unless the operator gives
   * another: for tools that read a file, where no further evidence can come.
   */
  public static Keyring firstWins() {
    return new Keyring(DEFAULT_MAX_NAMES, true);
  }

  /** The same as {@link #learn(String, String, PublicKey, Origin, Witness)} without a witness. */
  public LearnResult learn(String name, String id, PublicKey key, Origin origin) {
    return learn(name, id, key, origin, Witness.NONE);
  }

  /**
   * Learns a claim that a name, an id, or both belong to a key.
   *
   * @param name "" when unknown
   * @param id "" when unknown
   * @param witness who served the key
   */
  public LearnResult learn(String name, String id, PublicKey key, Origin origin, Witness witness) {
    if ((name.isEmpty() && id.isEmpty())
        || name.length() > MAX_NAME_CHARACTERS
        || id.length() > MAX_ID_CHARACTERS) {
      return LearnResult.REFUSED;
    }
    if (isKnown(name, id, key, origin, witness)) {
      return LearnResult.KNOWN;
    }
    synchronized (lock) {
      LearnResult result = learnNew(name, id, key, origin, witness);
      publishChanges();
      return result;
    }
  }

  /**
   * Adds a peer's support to a claim that is known already: nothing is learned from it.
   *
   * @param witness who served an announcement with this key
   */
  public void support(String name, PublicKey key, Witness witness) {
    NameClaims known = names.get(name);
    if (known != null && known.claim(key) != null) {
      learn(name, "", key, Origin.HEY_THERE, witness);
    }
  }

  /** The usual case, without a lock: each hey-there of a nara repeats the first one. */
  private boolean isKnown(String name, String id, PublicKey key, Origin origin, Witness witness) {
    NameClaims known = names.get(name);
    if (known == null || !key.equals(known.key())) {
      return false;
    }
    NameClaims.Claim claim = known.claim(key);
    if (claim == null || claim.with(id, origin, witness) != claim) {
      return false;
    }
    return id.isEmpty()
        || ids.of(id).stream()
            .anyMatch(
                each ->
                    each.name().equals(name)
                        && each.key().equals(key)
                        && !isConfirmation(origin, each.origin()));
  }

  /** Whether the offered origin turns hearsay into more, or a peer's claim into the operator's. */
  private static boolean isConfirmation(Origin offered, Origin known) {
    return (known.isHearsay() && !offered.isHearsay()) || (offered.isOwn() && !known.isOwn());
  }

  private LearnResult learnNew(
      String name, String id, PublicKey key, Origin origin, Witness witness) {
    boolean nameChanged = false;
    if (!name.isEmpty()) {
      NameClaims known = names.get(name);
      NameClaims now;
      if (known == null) {
        now = NameClaims.first(name, NameClaims.Claim.of(key, id, origin, witness), created);
        if (!makeRoom(now, origin)) {
          return LearnResult.FULL;
        }
        created++;
      } else {
        now = known.with(key, id, origin, witness, isSettled(known));
      }
      // The name before its id, so that a reader that finds the id finds the name, too.
      put(known, now);
      nameChanged = changed;
      if (now.claims().size() > 1 && !key.equals(now.key())) {
        conflictCount++;
      }
    }
    LearnResult bound = id.isEmpty() ? LearnResult.KNOWN : bindId(name, id, key, origin, witness);
    if (!name.isEmpty() && !key.equals(names.get(name).key())) {
      return LearnResult.CONFLICT;
    }
    return nameChanged ? LearnResult.ADDED : bound;
  }

  private boolean isSettled(NameClaims claims) {
    return firstWins || claims.created() < openFrom;
  }

  /** Stores the claims of a name, and notes what changed by them. */
  private void put(NameClaims before, NameClaims now) {
    if (now == before) {
      return;
    }
    names.put(now.name(), now);
    room.update(before, now);
    updateHearsay(before, now);
    updateLive(before, -1);
    updateLive(now, 1);
    if (now.claims().size() > 1
        && conflictingNames.size() < MAX_CONFLICTS_LISTED
        && conflictingNames.add(now.name())) {
      newConflicts.add(now.name());
    }
    PublicKey former = before == null ? null : before.key();
    if (now.key() == null ? former != null : !now.key().equals(former)) {
      noteChange(now.name());
      if (former != null) {
        overturned.add(now.name());
      }
    }
  }

  private void noteChange(String nameOrId) {
    changed = true;
    changedKeys.add(nameOrId);
  }

  /** Last, so that everything learned is visible to a thread that reads the version. */
  private void publishChanges() {
    if (changed) {
      changed = false;
      version++;
    }
  }

  private void updateHearsay(NameClaims before, NameClaims now) {
    if (before != null) {
      hearsayNames.add(before.claims().getFirst().origin(), -1);
    }
    if (now != null) {
      hearsayNames.add(now.claims().getFirst().origin(), 1);
    }
  }

  private void updateLive(NameClaims claims, int difference) {
    for (String each : claims == null ? List.<String>of() : claims.liveHosts()) {
      liveNames.compute(
          each,
          (host, names) -> {
            int now = (names == null ? 0 : names) + difference;
            return now == 0 ? null : now;
          });
    }
  }

  /** Evicts names for a new one; false when there is no room for it. */
  private boolean makeRoom(NameClaims added, Origin origin) {
    if (hearsayNames.isFull(maxNames, origin)) {
      return false;
    }
    int tier = added.tier();
    int limit = tier < KeyringRoom.TIERS ? maxNames - maxNames / RESERVED_DIVISOR : maxNames;
    while (names.size() >= limit) {
      if (!evictUpTo(tier)) {
        return false;
      }
    }
    return true;
  }

  private boolean evictUpTo(int tier) {
    Optional<String> victim = room.removeNext(tier);
    victim.ifPresent(this::forget);
    return victim.isPresent();
  }

  private void forget(String name) {
    NameClaims gone = names.remove(name);
    updateHearsay(gone, null);
    updateLive(gone, -1);
    conflictingNames.remove(name);
    changedKeys.remove(name);
    for (String id : gone.ids()) {
      ids.removeName(id, name);
      changedKeys.remove(id);
    }
    overturned.remove(name);
    newConflicts.remove(name);
    changed = true;
  }

  /** Adds a claim to an id; the name is known with this key by now. */
  private LearnResult bindId(
      String name, String id, PublicKey key, Origin origin, Witness witness) {
    NameClaims named = names.get(name);
    if (named != null && named.claim(key) == null) {
      return LearnResult.CONFLICT;
    }
    List<IdClaim> claims = new ArrayList<>(ids.of(id));
    if (claims.isEmpty() && !hasRoomForId(named, origin)) {
      return LearnResult.FULL;
    }
    IdClaim added = new IdClaim(name, key, origin, witness.host());
    for (int i = 0; i < claims.size(); i++) {
      IdClaim known = claims.get(i);
      if (known.key().equals(key)
          && (known.name().equals(name) || known.name().isEmpty() || name.isEmpty())) {
        return confirm(id, claims, i, added);
      }
    }
    boolean mayHaveMore = named == null || named.ids().size() < NameClaims.MAX_IDS;
    if (!mayHaveMore && !origin.isOwn()) {
      return LearnResult.FULL;
    }
    if (!ids.hasRoomFor(claims, added)) {
      return LearnResult.CONFLICT;
    }
    claims.add(added);
    ids.put(id, List.copyOf(claims));
    noteIdOfName(name, id);
    noteChange(id);
    if (claims.stream().anyMatch(each -> !each.name().equals(name))) {
      conflictCount++;
    }
    return ids.ownerOf(id) == added ? LearnResult.ADDED : LearnResult.CONFLICT;
  }

  private boolean hasRoomForId(NameClaims named, Origin origin) {
    // A long: twice the largest capacity overflows an int.
    long limit = (long) maxNames * IDS_PER_NAME;
    if (ids.isHearsayFull(limit, origin)) {
      return false;
    }
    int tier = named == null ? 0 : named.tier();
    while (ids.size() >= limit) {
      // Only for a nara that is better known than those that are forgotten for it.
      if (!evictUpTo(tier - 1)) {
        return false;
      }
    }
    return true;
  }

  /** The same claim again: it may add a name, or a better origin. */
  private LearnResult confirm(String id, List<IdClaim> claims, int index, IdClaim added) {
    IdClaim known = claims.get(index);
    String name = known.name().isEmpty() ? added.name() : known.name();
    Origin origin =
        isConfirmation(added.origin(), known.origin()) ? added.origin() : known.origin();
    IdClaim better = new IdClaim(name, known.key(), origin, known.peer());
    if (better.equals(known)) {
      boolean isContested = ids.ownerOf(id) != known && added.name().isEmpty();
      return isContested ? LearnResult.CONFLICT : LearnResult.KNOWN;
    }
    claims.set(index, better);
    ids.put(id, List.copyOf(claims));
    noteIdOfName(name, id);
    if (!better.name().equals(known.name()) || better.origin().isOwn()) {
      noteChange(id);
      return LearnResult.ADDED;
    }
    return LearnResult.KNOWN;
  }

  private void noteIdOfName(String name, String id) {
    NameClaims named = names.get(name);
    if (named != null && !named.ids().contains(id)) {
      names.put(name, named.withId(id));
    }
  }

  /**
   * Begins a recovery: for names learned from now on, equal evidence decides for no key, whichever
   * came first.
   */
  public void openClaims() {
    synchronized (lock) {
      openFrom = created;
    }
  }

  /** Ends a recovery: the keys that hold now stay until stronger evidence comes. */
  public void settleClaims() {
    synchronized (lock) {
      openFrom = Long.MAX_VALUE;
    }
  }

  /** Notes that an event of this name, other than its announcements, was valid. */
  public void markUsed(String name) {
    NameClaims known = names.get(name);
    if (known == null || known.used()) {
      return;
    }
    synchronized (lock) {
      NameClaims now = names.get(name);
      if (now != null && !now.used()) {
        put(now, now.inUse());
      }
    }
  }

  /** Returns what changed since the last call; only one reader may call it. */
  public Changes takeChanges() {
    synchronized (lock) {
      Changes changes = new Changes(changedKeys, overturned, newConflicts);
      changedKeys = new HashSet<>();
      overturned = new HashSet<>();
      newConflicts = new LinkedHashSet<>();
      return changes;
    }
  }

  /**
   * The key that must have signed an event: that of the emitter's name. The emitter's id decides
   * only when the name is unknown, or when the operator gave the id to a nara. Then it is a
   * mismatch when the id belongs to another name, or to another key than the name has.
   *
   * @param emitterId may be ""
   */
  public KeyLookup lookup(String emitter, String emitterId) {
    NameClaims named = names.get(emitter);
    IdClaim owner = ids.ownerOf(emitterId);
    if (owner != null && owner.origin().isOwn()) {
      return lookupByOwner(emitter, emitterId, named, owner);
    }
    if (named == null) {
      return owner != null && owner.name().isEmpty()
          ? new KeyLookup.Known(owner.key())
          : new KeyLookup.Unknown();
    }
    PublicKey key = named.key();
    if (key == null) {
      return new KeyLookup.Contested(named.rivals());
    }
    return mayTurn(named) ? new KeyLookup.Known(key, named.rivals()) : new KeyLookup.Known(key);
  }

  private boolean mayTurn(NameClaims named) {
    return named.claims().size() > 1 && !firstWins && !named.isDecisive();
  }

  /** Whether several keys are claimed for a name, and evidence of peers may decide for another. */
  public boolean mayTurn(String name) {
    NameClaims named = names.get(name);
    return named != null && mayTurn(named);
  }

  /**
   * Whether peers alone decided for the key that holds for a name, and another key has as many
   * supporters or more. Events that the other key signed may be the honest ones.
   */
  public boolean isDisputed(String name) {
    NameClaims named = names.get(name);
    return named != null && isDisputed(named);
  }

  private boolean isDisputed(NameClaims named) {
    return !firstWins && named.isDisputed();
  }

  private static KeyLookup lookupByOwner(
      String emitter, String emitterId, NameClaims named, IdClaim owner) {
    boolean nameless = owner.name().isEmpty();
    if (!nameless && !owner.name().equals(emitter)) {
      return new KeyLookup.Mismatch(
          "emitter id %s belongs to %s, not to %s"
              .formatted(excerpt(emitterId), excerpt(owner.name()), excerpt(emitter)));
    }
    // Otherwise a claim of an id without a name would allow signing under any name.
    if (nameless && named != null && !owner.key().equals(named.key())) {
      return new KeyLookup.Mismatch(
          "emitter id %s belongs to another key than that of %s"
              .formatted(excerpt(emitterId), excerpt(emitter)));
    }
    return new KeyLookup.Known(owner.key());
  }

  /** Whether no evidence of peers can turn the decision about the key of a name. */
  public boolean isDecided(String name) {
    NameClaims named = names.get(name);
    return named != null && (firstWins ? named.key() != null : named.isDecisive());
  }

  /**
   * Whether the key that holds for a name has evidence that no stranger can make up: this node, its
   * operator, its snapshot, the response at the configured address, or a configured peer.
   */
  public boolean isFromOperator(String name) {
    NameClaims named = names.get(name);
    return named != null && named.isDecidedByOperator();
  }

  /** The configured peers that have a vote for the key that holds for a name. */
  public List<Witness> configuredSupporters(String name) {
    NameClaims named = names.get(name);
    return named == null ? List.of() : named.configuredSupporters();
  }

  /** Whether another key held for a name until a change that {@link #takeChanges} still has. */
  public boolean isOverturned(String name) {
    synchronized (lock) {
      return overturned.contains(name);
    }
  }

  @Override
  public Standing standing(String name) {
    NameClaims named = names.get(name);
    if (named == null) {
      return Standing.UNKNOWN;
    }
    return named.standing();
  }

  @Override
  public Standing standing(String name, PublicKey key) {
    NameClaims named = names.get(name);
    return named != null && key.equals(named.key()) ? standing(name) : Standing.UNKNOWN;
  }

  @Override
  public String voucher(String name) {
    NameClaims named = names.get(name);
    if (named == null) {
      return "";
    }
    // Peers that pass on its announcement do not make a nara less of the host where it responded.
    // One host with few names is enough: strangers can respond in an honest name as well.
    List<String> hosts = named.liveHosts();
    return hosts.isEmpty()
        ? named.isLive() ? "" : named.voucher()
        : hosts.stream().anyMatch(this::hasFewLiveNames) ? "" : hosts.getFirst();
  }

  private boolean hasFewLiveNames(String host) {
    return liveNames.getOrDefault(host, 0) <= MAX_LIVE_NAMES_OF_HOST;
  }

  @Override
  public String onlyHost(String name) {
    NameClaims named = names.get(name);
    return named == null || named.isDecidedByOperator() ? "" : named.voucher();
  }

  /** The key that holds for a name; empty when it is unknown or contested. */
  public Optional<PublicKey> byName(String name) {
    return Optional.ofNullable(names.get(name)).map(NameClaims::key);
  }

  /** The key of an id; empty when the id is unknown or contested. */
  public Optional<PublicKey> byId(String id) {
    return Optional.ofNullable(ids.ownerOf(id)).map(IdClaim::key);
  }

  /**
   * The distinct keys of all naras that claim an id, the best known first; only the operator's when
   * it gave the id to a nara. At most {@value IdClaims#MAX_CLAIMANTS}.
   */
  public List<PublicKey> keysOfId(String id) {
    return ids.keysOf(id);
  }

  /** The names of the naras that claim an id with that key. */
  public List<String> claimantsOfId(String id, PublicKey key) {
    return ids.claimantsOf(id, key);
  }

  /**
   * Whether no other key can come for an id: this node or its operator gave it to a nara, or its
   * only owner has evidence that no peer can turn, and has used no other id before.
   */
  public boolean isIdDecided(String id) {
    List<IdClaim> claims = ids.of(id);
    if (claims.stream().anyMatch(claim -> firstWins || claim.origin().isOwn())) {
      return true;
    }
    IdClaim owner = ids.ownerOf(id);
    NameClaims named = owner == null ? null : names.get(owner.name());
    return named != null
        && named.isDecisive()
        && owner.key().equals(named.key())
        && named.claim(owner.key()).id().equals(id);
  }

  /** The name that an id belongs to; empty when it is unknown or contested. */
  @Override
  public Optional<String> nameOf(String id) {
    return Optional.ofNullable(ids.ownerOf(id)).map(IdClaim::name).filter(name -> !name.isEmpty());
  }

  /** The first id claimed for a name with its key, unless it is contested. */
  public Optional<String> idOf(String name) {
    NameClaims named = names.get(name);
    return named == null || named.key() == null
        ? Optional.empty()
        : Optional.of(named.claim(named.key()).id())
            .filter(id -> nameOf(id).filter(name::equals).isPresent());
  }

  /** How many names are known, contested ones included. */
  public int size() {
    return names.size();
  }

  /**
   * Grows whenever the result of a lookup may have changed. Everything learned up to a version is
   * visible to a thread that has read it.
   */
  public long version() {
    return version;
  }

  /**
   * Each name that has a key, with the first id claimed for it, contested or not, and each
   * uncontested id without a name; sorted by name, then id.
   */
  public List<KeyEntry> entries() {
    Stream<KeyEntry> named =
        names.values().stream()
            .filter(claims -> claims.key() != null)
            .map(
                claims -> {
                  NameClaims.Claim claim = claims.claim(claims.key());
                  return new KeyEntry(claims.name(), claim.id(), claim.key(), claim.origin());
                });
    Stream<KeyEntry> nameless =
        ids.nameless()
            .map(
                each ->
                    new KeyEntry(
                        "", each.getKey(), each.getValue().key(), each.getValue().origin()));
    return Stream.concat(named, nameless)
        .sorted(Comparator.comparing(KeyEntry::name).thenComparing(KeyEntry::id))
        .toList();
  }

  /** The names and ids with several claims, at most {@link #MAX_CONFLICTS_LISTED} of each. */
  public List<Conflict> conflicts() {
    synchronized (lock) {
      List<Conflict> all = new ArrayList<>();
      Set<String> listed = new HashSet<>();
      for (String name : conflictingNames) {
        all.add(conflictOf(names.get(name)));
        listed.addAll(names.get(name).ids());
      }
      for (String id : ids.conflicting()) {
        if (!listed.contains(id)) {
          all.add(ids.conflict(id));
        }
      }
      return all;
    }
  }

  /** The claims of a name that has several keys. */
  public Optional<Conflict> conflict(String name) {
    return Optional.ofNullable(names.get(name))
        .filter(claims -> claims.claims().size() > 1)
        .map(this::conflictOf);
  }

  private Conflict conflictOf(NameClaims claims) {
    List<IdClaim> others = ids.rivalsOf(claims);
    List<ClaimedKey> keys = new ArrayList<>(claims.claimedKeys());
    for (IdClaim other : others) {
      if (keys.stream().noneMatch(known -> known.key().equals(other.key()))) {
        keys.add(new ClaimedKey(other.key(), List.of(other.name() + " claims its id")));
      }
    }
    return new Conflict(
        claims.name(),
        List.copyOf(keys),
        Optional.ofNullable(claims.key()),
        claims.isDecidedByOperator(),
        isDisputed(claims),
        others.stream().map(IdClaim::name).distinct().toList());
  }

  /** Claims so far that did not get the name or the id, listed or not. */
  public long conflictCount() {
    synchronized (lock) {
      return conflictCount;
    }
  }
}
