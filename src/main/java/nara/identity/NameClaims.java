package nara.identity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.identity.Keyring.ClaimedKey;

/**
 * All claims about the key of one name, and which of them holds. Immutable.
 *
 * @param claims at least one, each with another key
 * @param decided the index of the claim that holds; {@link #CONTESTED} when the evidence is equal
 * @param created a number that grows from name to name
 * @param used whether an event of this name, other than its announcements, was valid
 * @param ids the ids that were claimed for this name
 */
record NameClaims(
    String name, List<Claim> claims, int decided, long created, boolean used, List<String> ids) {
  /** No claim holds. */
  static final int CONTESTED = -1;

  /** Keys of one name. Honest naras have one; two after a new soul. */
  static final int MAX_CLAIMS = 8;

  /** Discovered peers remembered for each key: enough to decide, and no list without end. */
  static final int MAX_DISCOVERED = 16;

  /** Configured peers remembered for each key. They have room of their own. */
  static final int MAX_CONFIGURED = 64;

  /** Hosts where a nara responded to pings. Honest ones have one, and another after a move. */
  private static final int MAX_LIVE_HOSTS = 8;

  /** Supporters of a claim that a report names. The rest is counted. */
  private static final int MAX_NAMED = 3;

  private static final String IMPORT = "an import by the owner";

  /** Ids of one name. Honest naras have one; a relay may invent some. */
  static final int MAX_IDS = 8;

  /**
   * The strength of a claim. Compared from the first component to the last.
   *
   * @param own 2 for this node itself, 1 for its operator
   * @param snapshot whether this node's sealed snapshot has the key
   * @param named whether the nara responded at the address that the operator gave for its name
   * @param configured how many configured peers serve this key
   * @param live whether the nara responded at some address
   * @param discovered how many other addresses serve this key
   */
  record Evidence(
      int own, boolean snapshot, boolean named, int configured, boolean live, int discovered)
      implements Comparable<Evidence> {
    static final Evidence NONE = new Evidence(0, false, false, 0, false, 0);

    /** The part that a peer cannot make up for itself: the operator decided whom to ask. */
    private static final Comparator<Evidence> FROM_OPERATOR =
        Comparator.comparingInt(Evidence::own)
            .thenComparing(Evidence::snapshot)
            .thenComparing(Evidence::named)
            .thenComparingInt(Evidence::configured);

    private static final Comparator<Evidence> ALL =
        FROM_OPERATOR.thenComparing(Evidence::live).thenComparingInt(Evidence::discovered);

    @Override
    public int compareTo(Evidence other) {
      return ALL.compare(this, other);
    }

    /** Whether no number of peers can turn a decision for this claim. */
    boolean isDecisive() {
      return own > 0 || snapshot || named;
    }

    /** Whether part of it comes from the operator, so that no stranger can make it up. */
    boolean isFromOperator() {
      return isDecisive() || configured > 0;
    }

    /** Whether the operator gave the key, or the address at which the nara responded. */
    boolean isNamed() {
      return own > 0 || named;
    }

    boolean isEstablished() {
      return isNamed() || live;
    }

    boolean isSupported() {
      return isEstablished() || snapshot || configured > 0 || discovered > 1;
    }
  }

  /**
   * A key that is claimed for the name.
   *
   * @param id the first id claimed with this key, or empty
   * @param origin the best so far
   * @param origins all of them, a bit for each ordinal
   * @param served peers that served an announcement with this key
   * @param direct peers that stated this key in response to a request for it, or to a ping
   * @param liveHosts where the nara responded to pings
   */
  record Claim(
      PublicKey key,
      String id,
      Origin origin,
      int origins,
      List<Witness> served,
      List<Witness> direct,
      List<String> liveHosts) {

    static Claim of(PublicKey key, String id, Origin origin, Witness witness) {
      return new Claim(key, id, origin, 0, List.of(), List.of(), List.of())
          .with(id, origin, witness);
    }

    /** With this evidence added; this object when it says nothing new. */
    Claim with(String newId, Origin newOrigin, Witness witness) {
      boolean better = newOrigin.rank() > origin.rank();
      String firstId = id.isEmpty() ? newId : id;
      int allOrigins = origins | 1 << newOrigin.ordinal();
      List<Witness> nowServed = newOrigin.isDirect() ? served : plus(served, witness);
      List<Witness> nowDirect = newOrigin.isDirect() ? plus(direct, witness) : direct;
      List<String> nowLive = newOrigin == Origin.PING ? plusLive(witness.host()) : liveHosts;
      return !better
              && firstId.equals(id)
              && allOrigins == origins
              && nowServed == served
              && nowDirect == direct
              && nowLive == liveHosts
          ? this
          : new Claim(
              key, firstId, better ? newOrigin : origin, allOrigins, nowServed, nowDirect, nowLive);
    }

    private List<String> plusLive(String host) {
      if (host.isEmpty() || liveHosts.contains(host) || liveHosts.size() >= MAX_LIVE_HOSTS) {
        return liveHosts;
      }
      return Stream.concat(liveHosts.stream(), Stream.of(host)).toList();
    }

    private static List<Witness> plus(List<Witness> known, Witness witness) {
      int limit = witness.configured() ? MAX_CONFIGURED : MAX_DISCOVERED;
      if (witness.host().isEmpty()
          || known.contains(witness)
          || known.stream().filter(each -> each.configured() == witness.configured()).count()
              >= limit) {
        return known;
      }
      List<Witness> all = new ArrayList<>(known);
      all.add(witness);
      return List.copyOf(all);
    }

    boolean has(Origin wanted) {
      return (origins & 1 << wanted.ordinal()) != 0;
    }
  }

  static NameClaims first(String name, Claim claim, long created) {
    return new NameClaims(name, List.of(claim), 0, created, false, List.of());
  }

  /** The claim of this key, or null. */
  Claim claim(PublicKey key) {
    for (Claim claim : claims) {
      if (claim.key().equals(key)) {
        return claim;
      }
    }
    return null;
  }

  /** The key that holds, or null. */
  PublicKey key() {
    return decided == CONTESTED ? null : claims.get(decided).key();
  }

  /** The other claimed keys. */
  List<PublicKey> rivals() {
    return claims.stream().map(Claim::key).filter(each -> !each.equals(key())).toList();
  }

  /**
   * With one more piece of evidence; this object when it changes nothing.
   *
   * @param settled whether the claim that holds stays until stronger evidence comes
   */
  NameClaims with(PublicKey key, String id, Origin origin, Witness witness, boolean settled) {
    List<Claim> changed = new ArrayList<>(claims);
    Claim known = claim(key);
    if (known != null) {
      Claim more = known.with(id, origin, witness);
      if (more == known) {
        return this;
      }
      changed.set(claims.indexOf(known), more);
    } else {
      changed.add(Claim.of(key, id, origin, witness));
    }
    PublicKey before = key();
    if (changed.size() > MAX_CLAIMS) {
      removeWeakest(changed, before);
    }
    List<Evidence> evidence = changed.stream().map(each -> evidence(each, changed)).toList();
    int incumbent = CONTESTED;
    for (int i = 0; i < changed.size() && settled; i++) {
      incumbent = changed.get(i).key().equals(before) ? i : incumbent;
    }
    return new NameClaims(
        name, List.copyOf(changed), decide(evidence, incumbent), created, used, ids);
  }

  /** Of equally weak claims the latest goes; the one that holds stays. */
  private static void removeWeakest(List<Claim> claims, PublicKey holding) {
    Claim weakest = null;
    for (Claim claim : claims) {
      if (!claim.key().equals(holding)
          && (weakest == null
              || evidence(claim, claims).compareTo(evidence(weakest, claims)) <= 0)) {
        weakest = claim;
      }
    }
    claims.remove(weakest);
  }

  /**
   * The only claim with the strongest evidence. An incumbent stays unless another claim is
   * stronger. One in use yields only to evidence that comes from the operator: otherwise one
   * stranger's ping could take over the history of a nara that is offline. For the same reason, a
   * response to a ping does not decide against more addresses than support its key.
   */
  private int decide(List<Evidence> evidence, int incumbent) {
    if (incumbent != CONTESTED) {
      Evidence held = evidence.get(incumbent);
      Comparator<Evidence> order = used ? Evidence.FROM_OPERATOR : Comparator.naturalOrder();
      if (evidence.stream().noneMatch(other -> order.compare(other, held) > 0)) {
        return used || !isOutnumbered(held, evidence) ? incumbent : CONTESTED;
      }
    }
    int best = 0;
    boolean tie = false;
    for (int i = 1; i < evidence.size(); i++) {
      int comparison = evidence.get(i).compareTo(evidence.get(best));
      best = comparison > 0 ? i : best;
      tie = comparison == 0 || (tie && comparison < 0);
    }
    return tie || isOutnumbered(evidence.get(best), evidence) ? CONTESTED : best;
  }

  /** Whether a claim has its strength from a response to a ping, and another one has more peers. */
  private static boolean isOutnumbered(Evidence claim, List<Evidence> all) {
    return claim.live()
        && !claim.isFromOperator()
        && all.stream().anyMatch(other -> other.discovered() > claim.discovered());
  }

  /** The evidence of one of the claims. */
  Evidence evidence(Claim claim) {
    return evidence(claim, claims);
  }

  /** The supporters of a claim, in words, strongest first. */
  List<String> support(Claim claim) {
    Evidence evidence = evidence(claim);
    Set<Witness> votes = votes(claim, claims);
    List<String> configured = addresses(votes, true);
    List<String> discovered = addresses(votes, false);
    return Stream.of(
            evidence.own() > 1 ? "this node" : evidence.own() > 0 ? "the operator" : "",
            evidence.snapshot() ? "this node's snapshot" : "",
            evidence.named() ? "the nara at its configured address" : "",
            list(configured, "configured peer", "configured peers"),
            evidence.live() && !evidence.named() ? "the nara at a discovered address" : "",
            list(discovered, "discovered address", "discovered addresses"))
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** All keys with their supporters, the one that holds first, then by evidence. */
  List<ClaimedKey> claimedKeys() {
    return claims.stream()
        .sorted(
            Comparator.comparing((Claim claim) -> !claim.key().equals(key()))
                .thenComparing(this::evidence, Comparator.reverseOrder()))
        .map(claim -> new ClaimedKey(claim.key(), support(claim)))
        .toList();
  }

  /** The configured peers that support the claim that holds. */
  List<Witness> configuredSupporters() {
    return decided == CONTESTED
        ? List.of()
        : votes(claims.get(decided), claims).stream().filter(Witness::configured).toList();
  }

  private static List<String> addresses(Set<Witness> votes, boolean configured) {
    return votes.stream()
        .filter(witness -> witness.configured() == configured)
        .map(witness -> witness.equals(Witness.OWNER) ? IMPORT : witness.host())
        .toList();
  }

  private static String list(List<String> hosts, String one, String several) {
    int unnamed = hosts.size() - MAX_NAMED;
    String named = hosts.stream().limit(MAX_NAMED).collect(Collectors.joining(", "));
    return switch (hosts.size()) {
      case 0 -> "";
      case 1 -> named.equals(IMPORT) ? named : one + " " + named;
      default ->
          "%d %s: %s%s"
              .formatted(
                  hosts.size(), several, named, unnamed > 0 ? " and " + unnamed + " more" : "");
    };
  }

  private static Evidence evidence(Claim claim, List<Claim> all) {
    Set<Witness> votes = votes(claim, all);
    int configured = (int) votes.stream().filter(Witness::configured).count();
    return new Evidence(
        claim.has(Origin.SELF) ? 2 : claim.has(Origin.CONFIG) ? 1 : 0,
        claim.has(Origin.SNAPSHOT),
        claim.has(Origin.NAMED_PING),
        configured,
        claim.has(Origin.PING) || claim.has(Origin.NAMED_PING),
        votes.size() - configured);
  }

  /** The peers that support this claim and no other one. */
  private static Set<Witness> votes(Claim claim, List<Claim> all) {
    Set<Witness> votes = new LinkedHashSet<>();
    for (Witness witness : claim.direct()) {
      if (all.stream().filter(each -> each.direct().contains(witness)).count() == 1) {
        votes.add(witness);
      }
    }
    // A peer that serves several keys holds whatever it gets, and supports none of them.
    for (Witness witness : claim.served()) {
      if (all.stream().noneMatch(each -> each.direct().contains(witness))
          && all.stream().filter(each -> each.served().contains(witness)).count() == 1) {
        votes.add(witness);
      }
    }
    return votes;
  }

  boolean isDecisive() {
    return decided != CONTESTED && evidence(claims.get(decided)).isDecisive();
  }

  /**
   * Whether the key holds by the support of peers alone, and another key has as many supporters or
   * more. An honest majority of discovered neighbours may know better than one configured peer, or
   * than the peers that supported the key before.
   */
  boolean isDisputed() {
    if (decided == CONTESTED || isDecisive()) {
      return false;
    }
    Claim holding = claims.get(decided);
    long least = Math.max(1, supporters(holding));
    return claims.stream().anyMatch(each -> each != holding && supporters(each) >= least);
  }

  /** The number of addresses that support a claim, without discovered ones at configured hosts. */
  private long supporters(Claim claim) {
    Set<Witness> votes = votes(claim, claims);
    Set<String> configured =
        votes.stream()
            .filter(Witness::configured)
            .map(Witness::hostWithoutPort)
            .collect(Collectors.toSet());
    return votes.stream()
        .filter(each -> each.configured() || !configured.contains(each.host()))
        .count();
  }

  /** Whether a claim holds, with evidence that comes from the operator. */
  boolean isDecidedByOperator() {
    return decided != CONTESTED && evidence(claims.get(decided)).isFromOperator();
  }

  /** Of a contested name, the claim with the highest standing counts. */
  Standing standing() {
    Standing highest = Standing.KNOWN;
    for (Claim claim : holding()) {
      Evidence evidence = evidence(claim);
      if (evidence.isEstablished()) {
        return Standing.ESTABLISHED;
      }
      highest = evidence.isSupported() ? Standing.VOUCHED : highest;
    }
    return highest;
  }

  /**
   * The host of the only peer that brought the key; empty when there is none, when the operator or
   * the snapshot has the key, or when two configured or two discovered hosts brought it. A
   * discovered address beside a configured peer may be the same host, so the two count as one.
   */
  String voucher() {
    if (isDecisive()) {
      return "";
    }
    String configured = "";
    String discovered = "";
    for (Claim claim : holding()) {
      for (List<Witness> witnesses : List.of(claim.served(), claim.direct())) {
        for (Witness witness : witnesses) {
          String known = witness.configured() ? configured : discovered;
          if (!known.isEmpty() && !known.equals(witness.host())) {
            return "";
          }
          configured = witness.configured() ? witness.host() : configured;
          discovered = witness.configured() ? discovered : witness.host();
        }
      }
    }
    // A nara that responded to pings did so at the discovered address.
    return discovered.isEmpty() || (!configured.isEmpty() && !isLive()) ? configured : discovered;
  }

  /**
   * The hosts where the nara responded to pings; none when the operator gave its key or the address
   * at which it responded.
   */
  List<String> liveHosts() {
    for (Claim claim : holding()) {
      if (!claim.liveHosts().isEmpty() && !evidence(claim).isNamed()) {
        return claim.liveHosts();
      }
    }
    return List.of();
  }

  /** Whether the nara responded at an address. */
  boolean isLive() {
    return holding().stream()
        .anyMatch(claim -> claim.has(Origin.PING) || claim.has(Origin.NAMED_PING));
  }

  /** The claim that holds, or all of them. */
  private List<Claim> holding() {
    return decided == CONTESTED ? claims : claims.subList(decided, decided + 1);
  }

  /** Whether all claims are hearsay. */
  boolean isHearsay() {
    return claims.stream().allMatch(claim -> claim.origin().isHearsay());
  }

  NameClaims inUse() {
    return new NameClaims(name, claims, decided, created, true, ids);
  }

  NameClaims withId(String id) {
    List<String> all = new ArrayList<>(ids);
    all.add(id);
    return new NameClaims(name, claims, decided, created, used, List.copyOf(all));
  }

  /** The tier of the name: names of lower tiers are evicted first. */
  int tier() {
    boolean certain =
        claims.stream().map(this::evidence).anyMatch(each -> each.isFromOperator() || each.live());
    return certain ? KeyringRoom.TIERS : used || standing().isSupported() ? 2 : isHearsay() ? 0 : 1;
  }

  /** The peer that brought the name: a flood of names from one peer evicts its own names first. */
  String introducer() {
    Claim first = claims.getFirst();
    return Stream.concat(first.served().stream(), first.direct().stream())
        .findFirst()
        .map(Witness::host)
        .orElse("");
  }
}
