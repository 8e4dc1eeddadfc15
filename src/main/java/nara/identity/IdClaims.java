package nara.identity;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import nara.identity.Keyring.ClaimedKey;
import nara.identity.Keyring.Conflict;

/**
 * The claims that ids belong to naras. No signature covers an id, so each id may have several
 * claimants. Lookups take no lock; the keyring's lock guards changes.
 */
final class IdClaims {
  /** Claimants of one id: one peer can make any number of them. */
  static final int MAX_CLAIMANTS = 16;

  /** Claimants of one id that one peer may bring, so that it cannot displace those of others. */
  private static final int MAX_CLAIMANTS_OF_PEER = 4;

  /** A claim that an id belongs to a nara; the name may be empty. */
  record IdClaim(String name, PublicKey key, Origin origin, String peer) {}

  private final Map<String, NameClaims> names;
  private final Map<String, List<IdClaim>> ids = new ConcurrentHashMap<>();
  private final Set<String> conflicting = new LinkedHashSet<>();
  private final KeyringRoom.Hearsay hearsay = new KeyringRoom.Hearsay();

  /**
   * @param names the claims of all names, whose evidence decides between claimants
   */
  IdClaims(Map<String, NameClaims> names) {
    this.names = names;
  }

  int size() {
    return ids.size();
  }

  /** The claims to an id, none for an unknown one. */
  List<IdClaim> of(String id) {
    return ids.getOrDefault(id, List.of());
  }

  boolean isHearsayFull(long limit, Origin origin) {
    return hearsay.isFull(limit, origin);
  }

  /** Replaces the claims to an id. */
  void put(String id, List<IdClaim> claims) {
    List<IdClaim> before = claims.isEmpty() ? ids.remove(id) : ids.put(id, claims);
    if (before != null) {
      hearsay.add(before.getFirst().origin(), -1);
    }
    if (!claims.isEmpty()) {
      hearsay.add(claims.getFirst().origin(), 1);
    }
    if (claims.stream().map(IdClaim::name).distinct().count() < 2) {
      conflicting.remove(id);
    } else if (conflicting.size() < Keyring.MAX_CONFLICTS_LISTED) {
      conflicting.add(id);
    }
  }

  /** The ids of several names, at most {@link Keyring#MAX_CONFLICTS_LISTED}. */
  Set<String> conflicting() {
    return conflicting;
  }

  /** Removes the claims of a name that is forgotten. */
  void removeName(String id, String name) {
    put(id, of(id).stream().filter(claim -> !claim.name().equals(name)).toList());
  }

  /** Drops the weakest claimant for a stronger one; false when the new one is the weakest. */
  boolean hasRoomFor(List<IdClaim> claims, IdClaim added) {
    if (added.origin().isOwn()) {
      return true;
    }
    long ofPeer = claims.stream().filter(each -> each.peer().equals(added.peer())).count();
    if (!added.peer().isEmpty() && ofPeer >= MAX_CLAIMANTS_OF_PEER) {
      return false;
    }
    if (claims.size() < MAX_CLAIMANTS) {
      return true;
    }
    IdClaim weakest = claims.stream().min(byStrength()).orElseThrow();
    return byStrength().compare(weakest, added) < 0 && claims.remove(weakest);
  }

  private Comparator<IdClaim> byStrength() {
    return Comparator.comparing((IdClaim claim) -> claim.origin().isOwn())
        .thenComparing(
            claim -> {
              NameClaims named = names.get(claim.name());
              NameClaims.Claim key = named == null ? null : named.claim(claim.key());
              return key == null ? NameClaims.Evidence.NONE : named.evidence(key);
            });
  }

  /**
   * The distinct keys of all naras that claim an id, the best known first; only the operator's when
   * it gave the id to a nara.
   */
  List<PublicKey> keysOf(String id) {
    List<IdClaim> claims = of(id);
    List<IdClaim> own = claims.stream().filter(claim -> claim.origin().isOwn()).toList();
    return (own.isEmpty() ? claims : own)
        .stream().sorted(byStrength().reversed()).map(IdClaim::key).distinct().toList();
  }

  /** The names of the naras that claim an id with that key. */
  List<String> claimantsOf(String id, PublicKey key) {
    return of(id).stream()
        .filter(claim -> claim.key().equals(key) && !claim.name().isEmpty())
        .map(IdClaim::name)
        .distinct()
        .toList();
  }

  /**
   * The only claimant of an id whose key holds for its name, or null. Where this node or its
   * operator claims an id, no other claim counts.
   */
  IdClaim ownerOf(String id) {
    List<IdClaim> claims = ids.get(id);
    if (claims == null) {
      return null;
    }
    // Plain loops: this runs once for each event.
    boolean own = false;
    for (IdClaim claim : claims) {
      own |= claim.origin().isOwn();
    }
    IdClaim owner = null;
    for (IdClaim claim : claims) {
      boolean counts = own ? claim.origin().isOwn() : holdsKey(claim);
      if (counts && owner != null) {
        return null;
      }
      owner = counts ? claim : owner;
    }
    return owner;
  }

  private boolean holdsKey(IdClaim claim) {
    NameClaims named = names.get(claim.name());
    return named == null ? claim.name().isEmpty() : claim.key().equals(named.key());
  }

  /** The uncontested ids without a name, with their claims. */
  Stream<Map.Entry<String, IdClaim>> nameless() {
    return ids.keySet().stream()
        .flatMap(
            id -> {
              IdClaim owner = ownerOf(id);
              return owner == null || !owner.name().isEmpty()
                  ? Stream.empty()
                  : Stream.of(Map.entry(id, owner));
            });
  }

  /** The claims of other names to the ids of this one. */
  List<IdClaim> rivalsOf(NameClaims named) {
    return named.ids().stream()
        .flatMap(id -> of(id).stream())
        .filter(claim -> !claim.name().isEmpty() && !claim.name().equals(named.name()))
        .toList();
  }

  /** The claims to an id of several names. */
  Conflict conflict(String id) {
    List<IdClaim> claims = of(id);
    List<String> claimants =
        claims.stream().map(IdClaim::name).filter(name -> !name.isEmpty()).distinct().toList();
    List<ClaimedKey> keys =
        claims.stream()
            .map(IdClaim::key)
            .distinct()
            .map(key -> new ClaimedKey(key, List.of()))
            .toList();
    return new Conflict(
        claimants.getFirst(),
        keys,
        Optional.of(keys.getFirst().key()),
        false,
        false,
        claimants.subList(1, claimants.size()));
  }
}
