package nara.discovery;

import static nara.discovery.Neighbour.Source.CONFIGURED;
import static nara.discovery.Neighbour.Source.HEARSAY;
import static nara.discovery.Neighbour.Source.PLAZA;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nara.bounds.BoundedMap;
import nara.bounds.SafeText;
import nara.discovery.Neighbour.Source;
import nara.discovery.NeighbourAddresses.Evidence;
import nara.discovery.NeighbourLog.Change;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.LearnResult;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Standing;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;
import nara.presence.Presence;

/**
 * The neighbours that all sources together know. Sources may contradict each other:
 *
 * <ul>
 *   <li>The keyring decides which key of a name holds. Pongs and announcements with another key are
 *       not used.
 *   <li>An address that another nara announced is used once the nara responds to a ping there; see
 *       {@link NeighbourAddresses}.
 *   <li>This node is no neighbour.
 * </ul>
 *
 * <p>Names, addresses and the number of neighbours are limited. Hearsay is evicted first. Not
 * thread-safe.
 */
final class KnownNeighbours {
  /** Far above any network seen. */
  static final int MAX_NEIGHBOURS = 10_000;

  /** Refused addresses that may be accepted when the evidence turns. */
  private static final int MAX_REFUSALS = 256;

  /** A nara that responded with a key that did not hold for its name. */
  private record Refusal(PingTarget target, String name, PublicKey key, String problem) {}

  private static final class NeighbourEntry {
    private final String name;
    private String id = "";
    private final NeighbourAddresses addresses = new NeighbourAddresses();
    private final Set<Source> sources = EnumSet.noneOf(Source.class);
    private boolean reachable;
    private boolean announced;
    private boolean ownAddressConfigured;

    private NeighbourEntry(String name) {
      this.name = name;
    }

    private boolean isOnline() {
      return reachable || announced;
    }

    private boolean isConfigured() {
      return sources.contains(CONFIGURED);
    }
  }

  private record RankedTarget(Standing standing, PingTarget target) {}

  private final Identity me;
  private final Keyring keys;
  private final AddressPolicy policy;
  private final Consumer<PingTarget> toPing;
  private final BiConsumer<String, Change> changes;
  private final int maxNeighbours;
  private final Map<String, NeighbourEntry> known = new LinkedHashMap<>();

  // Eviction order: known from hearsay alone, oldest first; then offline, longest first. Configured
  // neighbours are in neither.
  private final Set<String> hearsayOnly = new LinkedHashSet<>();
  private final Set<String> departed = new LinkedHashSet<>();

  // Addresses at which this node itself responded to its last ping.
  private final Map<String, Boolean> ownAddresses = BoundedMap.lru(MAX_NEIGHBOURS);

  /** Naras whose key did not hold for their name when they responded, by address. */
  private final Map<String, Refusal> refusals = BoundedMap.fifo(MAX_REFUSALS);

  private final Map<String, Boolean> settledProblems = BoundedMap.fifo(MAX_REFUSALS);

  // The last name that responded at an address: a failed ping there takes it offline.
  private final Map<String, String> nameByAddress = BoundedMap.lru(MAX_NEIGHBOURS);

  /**
   * @param keys learns the keys of naras that respond to pings
   * @param policy for addresses that other naras announce
   * @param toPing gets each newly announced address
   * @param changes is told of neighbours that come and go
   */
  KnownNeighbours(
      Identity me,
      Keyring keys,
      AddressPolicy policy,
      Consumer<PingTarget> toPing,
      BiConsumer<String, Change> changes,
      int maxNeighbours) {
    this.changes = changes;
    this.me = me;
    this.keys = keys;
    this.policy = policy;
    this.toPing = toPing;
    this.maxNeighbours = maxNeighbours;
  }

  /** Adds a configured peer before its first ping, or replaces its configured addresses. */
  void addConfigured(String name, List<String> addresses) {
    NeighbourEntry neighbour = name.equals(me.name()) ? null : getOrAdd(name, CONFIGURED);
    if (neighbour != null) {
      neighbour.ownAddressConfigured = addresses.stream().anyMatch(ownAddresses::containsKey);
      neighbour.addresses.configure(
          addresses.stream().filter(address -> !ownAddresses.containsKey(address)).toList());
    }
  }

  /**
   * Applies the response to a ping, unless it contradicts the expected or known name and key.
   *
   * @return the problem, in a sentence
   */
  Optional<String> onPong(PingTarget target, Pong pong) {
    String name = pong.name();
    String address = target.address();
    if (isThisNode(pong)) {
      ownAddresses.put(address, true);
      known.values().forEach(each -> removeOwnAddress(each, address));
    } else {
      ownAddresses.remove(address);
    }
    Optional<String> problem = conflict(target, pong);
    noteRefusal(target, pong, problem);
    if (problem.isPresent() || name.equals(me.name())) {
      onNoPong(target);
      return problem;
    }
    String previousName = nameByAddress.getOrDefault(address, name);
    if (!previousName.equals(name)) {
      markGone(previousName, address);
    }
    NeighbourEntry neighbour = getOrAdd(name, target.source());
    if (neighbour == null) {
      return Optional.of(fullProblem());
    }
    neighbour.addresses.onResponse(address, evidence(target.source()));
    nameByAddress.put(address, name);
    boolean wasOnline = neighbour.isOnline();
    neighbour.reachable = true;
    tellOfReturn(neighbour, wasOnline);
    hearsayOnly.remove(name);
    departed.remove(name);
    return Optional.empty();
  }

  /** The operator or another nara gave an address of this node as the neighbour's. */
  private static void removeOwnAddress(NeighbourEntry neighbour, String address) {
    neighbour.ownAddressConfigured |= neighbour.addresses.holds(address);
    neighbour.addresses.remove(address);
  }

  /** Whether this node itself responded. */
  boolean isThisNode(Pong pong) {
    return pong.name().equals(me.name()) && pong.key().equals(me.keys().publicKey());
  }

  private static Evidence evidence(Source source) {
    return switch (source) {
      case CONFIGURED -> Evidence.OPERATOR;
      case SCAN, TAILSCALE -> Evidence.FOUND;
      // A claim that has more evidence keeps it.
      case PLAZA, STASH, HEARSAY -> Evidence.UNSIGNED;
    };
  }

  private void noteRefusal(PingTarget target, Pong pong, Optional<String> problem) {
    if (problem.isEmpty()) {
      Refusal before = refusals.remove(target.address());
      if (before != null) {
        settledProblems.put(before.problem, true);
      }
    } else if (!isThisNode(pong) && !keys.byName(pong.name()).equals(Optional.of(pong.key()))) {
      refusals.put(target.address(), new Refusal(target, pong.name(), pong.key(), problem.get()));
      settledProblems.remove(problem.get());
    }
  }

  /** Addresses that were refused because of their key, which holds for their name by now. */
  List<PingTarget> acceptableByNow() {
    return refusals.values().stream()
        .filter(refusal -> keys.byName(refusal.name).equals(Optional.of(refusal.key)))
        .map(Refusal::target)
        .toList();
  }

  /** Problems of naras that are used by now. */
  Set<String> settledProblems() {
    return settledProblems.keySet();
  }

  private Optional<String> conflict(PingTarget target, Pong pong) {
    String name = pong.name();
    String expected = target.expectedName();
    boolean isOwnName = name.equals(me.name());
    boolean isOwnKey = pong.key().equals(me.keys().publicKey());
    boolean isExpected =
        expected.isEmpty() || expected.equals(name) || isClaimed(name, target.address());
    String error;
    if (isOwnName && isOwnKey) {
      error = isExpected ? "" : "is this node, not " + SafeText.quoted(expected);
    } else if (isOwnName || isOwnKey) {
      error = "has this node's " + (isOwnName ? "name" : "key") + ": it is not used";
    } else if (!isExpected) {
      error = "should be " + SafeText.quoted(expected) + ": it is not used";
    } else {
      error =
          switch (learn(target, pong)) {
            case ADDED, KNOWN -> "";
            case CONFLICT -> "has another key than the one of that name that holds: it is not used";
            case FULL -> "is not used: no room for more keys";
            case REFUSED ->
                "has " + (name.isEmpty() ? "no name" : "too long a name") + ": it is not used";
          };
    }
    return error.isEmpty()
        ? Optional.empty()
        : Optional.of("%s at %s %s".formatted(SafeText.quoted(name), target.address(), error));
  }

  private boolean isConfigured(String name, String address) {
    NeighbourEntry neighbour = known.get(name);
    return neighbour != null && neighbour.addresses.configured().contains(address);
  }

  private boolean isClaimed(String name, String address) {
    NeighbourEntry claimant = known.get(name);
    return claimant != null && claimant.addresses.holds(address);
  }

  /** An address that the operator gave for the name is better evidence than an address alone. */
  private LearnResult learn(PingTarget target, Pong pong) {
    // It counts the same when the nara announced this address before the operator's was pinged.
    boolean named =
        target.source() == CONFIGURED
            ? target.expectedName().equals(pong.name())
            : isConfigured(pong.name(), target.address());
    boolean configured = named || target.source() == CONFIGURED;
    Peer peer = new Peer(pong.name(), target.address(), configured);
    Origin origin = named ? Origin.NAMED_PING : Origin.PING;
    return keys.learn(pong.name(), "", pong.key(), origin, peer.witness());
  }

  /** Whether a nara, or this node itself, responded to the last ping of the address. */
  boolean responds(String address) {
    return nameByAddress.containsKey(address) || ownAddresses.containsKey(address);
  }

  /** A ping failed, or another nara responded. */
  void onNoPong(PingTarget target) {
    markGone(target.expectedName(), target.address());
    markGone(nameByAddress.getOrDefault(target.address(), ""), target.address());
  }

  private void markGone(String name, String address) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour == null) {
      return;
    }
    nameByAddress.remove(address, name);
    neighbour.addresses.onFailure(address);
    if (neighbour.reachable && !neighbour.addresses.responds()) {
      neighbour.reachable = false;
      addDeparted(neighbour);
      if (!neighbour.isOnline()) {
        changes.accept(name, Change.LOST);
      }
    }
  }

  private void tellOfReturn(NeighbourEntry neighbour, boolean wasOnline) {
    if (!wasOnline && neighbour.isOnline()) {
      changes.accept(neighbour.name, Change.CAME);
    }
  }

  /** Whether the nara responds to pings at some address. */
  boolean isReachable(String name) {
    NeighbourEntry neighbour = known.get(name);
    return neighbour != null && neighbour.reachable;
  }

  /** Whether the nara responds to pings, or announced itself and has not left since. */
  boolean isOnline(String name) {
    NeighbourEntry neighbour = known.get(name);
    return neighbour != null && neighbour.isOnline();
  }

  /**
   * The addresses that respond to pings for a name, when there are several and a signed response
   * must tell which one is the nara's; otherwise none.
   */
  List<String> rivals(String name) {
    NeighbourEntry neighbour = known.get(name);
    return neighbour == null ? List.of() : neighbour.addresses.rivals();
  }

  /** A rival address gave a response with a valid signature of the name, or with an invalid one. */
  void onProof(String name, String address, boolean valid) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour != null) {
      neighbour.addresses.onProof(address, valid);
    }
  }

  /** A rival address gave no signed response, but still responds to pings in that name. */
  void onNoProof(String name, String address) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour != null) {
      neighbour.addresses.onNoProof(address);
    }
  }

  /**
   * Applies a presence notification.
   *
   * @return the problem when it is not used, in a sentence
   */
  Optional<String> onPresence(Presence presence) {
    switch (presence) {
      case Presence.Online online -> {
        return onOnline(online);
      }
      case Presence.Offline offline -> markGone(offline.name(), Change.LEFT);
      case Presence.Missing missing -> markGone(missing.name(), Change.LOST);
      case Presence.Active active -> {}
      case Presence.ObservationReceived received -> {}
    }
    return Optional.empty();
  }

  private Optional<String> onOnline(Presence.Online online) {
    String name = online.name();
    if (name.equals(me.name()) || name.isEmpty() || name.length() > Keyring.MAX_NAME_CHARACTERS) {
      return Optional.empty();
    }
    boolean isOwnKey = online.key().filter(me.keys().publicKey()::equals).isPresent();
    Optional<PublicKey> heldKey = keys.byName(name);
    boolean isOtherKey =
        heldKey.isPresent() && online.key().isPresent() && !online.key().equals(heldKey);
    if (isOwnKey || isOtherKey) {
      String fault =
          isOwnKey ? "this node's key" : "another key than the one of that name that holds";
      return Optional.of(
          "%s on the plaza has %s: it is not used".formatted(SafeText.quoted(name), fault));
    }
    boolean firstHand = online.firstHand();
    NeighbourEntry neighbour = getOrAdd(name, firstHand ? PLAZA : HEARSAY);
    if (firstHand) {
      departed.remove(name);
    }
    if (neighbour == null) {
      return Optional.of(fullProblem());
    }
    if (!online.id().isEmpty()
        && online.id().length() <= Keyring.MAX_ID_CHARACTERS
        && (firstHand || neighbour.id.isEmpty())) {
      neighbour.id = online.id();
    }
    boolean wasOnline = neighbour.isOnline();
    neighbour.announced |= firstHand;
    tellOfReturn(neighbour, wasOnline);
    if (firstHand && !neighbour.addresses.responds()) {
      // It may have been down when its configured addresses were pinged.
      neighbour.addresses.configured().stream()
          .map(address -> new PingTarget(address, name, CONFIGURED))
          .forEach(toPing);
    }
    Evidence evidence = online.addressSigned() ? Evidence.SIGNED : Evidence.UNSIGNED;
    policy
        .check(online.address())
        .map(PeerAddress::toString)
        .filter(
            address ->
                ownAddresses.containsKey(address)
                    || neighbour.addresses.claim(address, evidence, firstHand))
        .map(address -> new PingTarget(address, name, firstHand ? PLAZA : HEARSAY))
        .ifPresent(toPing);
    return Optional.empty();
  }

  private void markGone(String name, Change change) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour != null) {
      if (neighbour.isOnline()) {
        changes.accept(name, change);
      }
      neighbour.reachable = false;
      neighbour.announced = false;
      addDeparted(neighbour);
    }
  }

  private void addDeparted(NeighbourEntry neighbour) {
    if (!neighbour.announced && !neighbour.isConfigured()) {
      departed.add(neighbour.name);
    }
  }

  /** The neighbour of that name, added if necessary; null when there is no room for it. */
  private NeighbourEntry getOrAdd(String name, Source source) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour == null) {
      if (known.size() >= maxNeighbours && !evictFor(source)) {
        return null;
      }
      neighbour = new NeighbourEntry(name);
      known.put(name, neighbour);
      hearsayOnly.add(name);
    }
    if (source != HEARSAY) {
      hearsayOnly.remove(name);
    }
    if (source == CONFIGURED) {
      departed.remove(name);
    }
    neighbour.sources.add(source);
    return neighbour;
  }

  /** Hearsay evicts nobody; a configured neighbour evicts even one that is online. */
  private boolean evictFor(Source source) {
    Stream<String> online =
        known.values().stream()
            .filter(each -> source == CONFIGURED && !each.isConfigured())
            .map(each -> each.name);
    Optional<String> evicted =
        source == HEARSAY
            ? Optional.empty()
            : Stream.of(hearsayOnly.stream(), departed.stream(), online)
                .flatMap(names -> names)
                .findFirst();
    evicted.ifPresent(this::remove);
    return evicted.isPresent();
  }

  /** Forgets a neighbour, unless it is configured. */
  void forget(String name) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour != null && !neighbour.isConfigured()) {
      remove(name);
    }
  }

  private void remove(String name) {
    NeighbourEntry neighbour = known.remove(name);
    neighbour.addresses.claimed().forEach(address -> nameByAddress.remove(address, name));
    hearsayOnly.remove(name);
    departed.remove(name);
  }

  /** Without a name: peers choose names, and each would be another line in the log. */
  private String fullProblem() {
    return "no room for more neighbours: %d are known".formatted(maxNeighbours);
  }

  /**
   * Addresses that other naras announced, each once: those of naras with a known key first, signed
   * claims before unsigned ones.
   *
   * @param limit of addresses
   */
  List<PingTarget> announcedTargets(int limit) {
    Set<String> seen = new HashSet<>();
    Map<String, Integer> perHost = new HashMap<>();
    return known.values().stream()
        .flatMap(this::rankedTargets)
        .sorted(
            Comparator.comparing(RankedTarget::standing, Comparator.reverseOrder())
                .thenComparing(ranked -> ranked.target().source()))
        .map(RankedTarget::target)
        .filter(target -> seen.add(target.address()))
        .filter(target -> mayPing(target, perHost))
        .limit(limit)
        .toList();
  }

  private Stream<RankedTarget> rankedTargets(NeighbourEntry neighbour) {
    Standing standing = keys.standing(neighbour.name);
    return neighbour.addresses.targets(neighbour.name).stream()
        .map(target -> new RankedTarget(standing, target));
  }

  private static boolean mayPing(PingTarget target, Map<String, Integer> perHost) {
    String host = target.host();
    return AddressPolicy.isLoopback(host)
        || perHost.merge(host, 1, Integer::sum) <= AddressPolicy.MAX_PINGS_PER_HOST;
  }

  /** The neighbour of that name. */
  Optional<Neighbour> byName(String name) {
    return Optional.ofNullable(known.get(name)).map(this::toNeighbour);
  }

  /** All neighbours, sorted by name. */
  List<Neighbour> all() {
    return known.values().stream()
        .filter(neighbour -> !isThisNode(neighbour))
        .map(this::toNeighbour)
        .sorted(Comparator.comparing(Neighbour::name))
        .toList();
  }

  /** Whether it is known only because the operator configured an address of this node for it. */
  private boolean isThisNode(NeighbourEntry neighbour) {
    return neighbour.isConfigured()
        && neighbour.sources.size() == 1
        && !neighbour.reachable
        && neighbour.ownAddressConfigured
        && neighbour.addresses.claimed().isEmpty();
  }

  private Neighbour toNeighbour(NeighbourEntry neighbour) {
    return new Neighbour(
        neighbour.name,
        keys.idOf(neighbour.name).orElse(neighbour.id),
        neighbour.addresses.address(),
        keys.byName(neighbour.name),
        Set.copyOf(neighbour.sources),
        neighbour.isOnline());
  }
}
