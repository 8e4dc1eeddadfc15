package nara.discovery;

import static nara.discovery.Neighbour.Source.CONFIGURED;
import static nara.discovery.Neighbour.Source.HEARSAY;
import static nara.discovery.Neighbour.Source.PLAZA;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.discovery.Neighbour.Source;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.LearnResult;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.PeerAddress;
import nara.presence.Presence;

/**
 * The neighbours that all sources together know. Sources may contradict each other:
 *
 * <ul>
 *   <li>The first key of a name stays. Results and announcements with another key are not used.
 *   <li>The address with the best {@link AddressRank} counts, of equal ones the latest.
 *   <li>Hearsay never replaces what a nara says of itself.
 *   <li>This node is no neighbour.
 * </ul>
 *
 * <p>Names, addresses and the number of neighbours are limited. Hearsay is evicted first. Not
 * thread-safe.
 */
final class KnownNeighbours {
  /** Far above any network seen. */
  static final int MAX_NEIGHBOURS = 10_000;

  /** The evidence for an address; a later constant is better. */
  private enum AddressRank {
    /** Another neighbour mentioned it, or the last ping there failed. */
    HEARSAY,
    /** A nara of that name answered a ping there; the answer is not signed. */
    PONG,
    /** The nara announced it, signed. */
    ANNOUNCEMENT,
    /** The operator configured it, and the nara answered there. */
    OPERATOR
  }

  private static final class NeighbourEntry {
    private final String name;
    private String id = "";
    private final Map<AddressRank, String> addresses = new EnumMap<>(AddressRank.class);
    private final Set<Source> sources = EnumSet.noneOf(Source.class);
    private boolean reachable;
    private boolean announced;

    private NeighbourEntry(String name) {
      this.name = name;
    }

    private String address() {
      return addresses.values().stream().reduce("", (worse, better) -> better);
    }

    private boolean isConfigured() {
      return sources.contains(CONFIGURED);
    }

    /** The source of its address for a ping; empty when another source pings it. */
    private Optional<Source> plazaSource() {
      return Stream.of(PLAZA, HEARSAY)
          .filter(sources::contains)
          .filter(s -> !isConfigured())
          .findFirst();
    }
  }

  private final Identity me;
  private final Keyring keys;
  private final int maxNeighbours;
  private final Map<String, NeighbourEntry> known = new LinkedHashMap<>();

  // Eviction order: known from hearsay alone, oldest first; then offline, longest first. Configured
  // neighbours are in neither.
  private final Set<String> hearsayOnly = new LinkedHashSet<>();
  private final Set<String> departed = new LinkedHashSet<>();

  // The last name that answered at an address: a failed ping there takes it offline.
  private final Map<String, String> nameByAddress = new HashMap<>();

  /**
   * @param keys learns the keys of naras that answer pings
   */
  KnownNeighbours(Identity me, Keyring keys, int maxNeighbours) {
    this.me = me;
    this.keys = keys;
    this.maxNeighbours = maxNeighbours;
  }

  /** Adds a configured peer before its first ping. */
  void addConfigured(String name, String address) {
    NeighbourEntry neighbour = name.equals(me.name()) ? null : getOrAdd(name, CONFIGURED);
    if (neighbour != null) {
      neighbour.addresses.putIfAbsent(AddressRank.HEARSAY, address);
    }
  }

  /**
   * Applies the answer to a ping, unless it contradicts the expected or known name and key.
   *
   * @return the problem, in a sentence
   */
  Optional<String> onPong(PingTarget target, Pong pong) {
    String name = pong.name();
    String address = target.address();
    Optional<String> problem = conflict(target, pong);
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
    AddressRank rank = target.source() == CONFIGURED ? AddressRank.OPERATOR : AddressRank.PONG;
    String previousAddress = neighbour.addresses.put(rank, address);
    if (previousAddress != null) {
      nameByAddress.remove(previousAddress, name);
    }
    nameByAddress.put(address, name);
    neighbour.reachable = true;
    hearsayOnly.remove(name);
    departed.remove(name);
    return Optional.empty();
  }

  private Optional<String> conflict(PingTarget target, Pong pong) {
    String name = pong.name();
    String expected = target.expectedName();
    boolean isOwnName = name.equals(me.name());
    boolean isOwnKey = pong.key().equals(me.keys().publicKey());
    boolean isExpected = expected.isEmpty() || expected.equals(name);
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

  /** The operator's word for the name counts more than that for an address alone. */
  private LearnResult learn(PingTarget target, Pong pong) {
    boolean configured = target.source() == CONFIGURED;
    boolean named = configured && target.expectedName().equals(pong.name());
    Peer peer = new Peer(pong.name(), target.address(), configured);
    Origin origin = named ? Origin.NAMED_PING : Origin.PING;
    return keys.learn(pong.name(), "", pong.key(), origin, peer.witness());
  }

  /** A ping failed, or another nara answered: the address loses its rank. */
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
    if (neighbour.address().equals(address)) {
      neighbour.reachable = false;
      addDeparted(neighbour);
    }
    if (neighbour.addresses.values().removeIf(address::equals)) {
      neighbour.addresses.putIfAbsent(AddressRank.HEARSAY, address);
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
      case Presence.Offline offline -> markGone(offline.name());
      case Presence.Missing missing -> markGone(missing.name());
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
    Optional<PublicKey> firstKey = keys.byName(name);
    boolean isSecondKey =
        firstKey.isPresent() && online.key().isPresent() && !online.key().equals(firstKey);
    if (isOwnKey || isSecondKey) {
      String fault = isOwnKey ? "this node's key" : "another key than its first one";
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
    if (PeerAddress.parse(online.address()).isPresent()) {
      neighbour.addresses.put(
          firstHand ? AddressRank.ANNOUNCEMENT : AddressRank.HEARSAY, online.address());
    }
    neighbour.announced |= firstHand;
    return Optional.empty();
  }

  private void markGone(String name) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour != null) {
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
    neighbour.addresses.values().forEach(address -> nameByAddress.remove(address, name));
    hearsayOnly.remove(name);
    departed.remove(name);
  }

  /** Without a name: peers choose names, and each would be another line in the log. */
  private String fullProblem() {
    return "no room for more neighbours: %d are known".formatted(maxNeighbours);
  }

  /**
   * Addresses from the plaza that no other source pings, announced ones before hearsay.
   *
   * @param limit of addresses
   */
  List<PingTarget> plazaTargets(int limit) {
    return Stream.of(PLAZA, HEARSAY)
        .flatMap(
            source ->
                known.values().stream()
                    .filter(each -> each.plazaSource().equals(Optional.of(source)))
                    .map(each -> new PingTarget(each.address(), each.name, source)))
        .filter(target -> !target.address().isEmpty())
        .limit(limit)
        .toList();
  }

  /** All neighbours, sorted by name. */
  List<Neighbour> all() {
    return known.values().stream()
        .map(this::toNeighbour)
        .sorted(Comparator.comparing(Neighbour::name))
        .toList();
  }

  private Neighbour toNeighbour(NeighbourEntry neighbour) {
    return new Neighbour(
        neighbour.name,
        keys.idOf(neighbour.name).orElse(neighbour.id),
        neighbour.address(),
        keys.byName(neighbour.name),
        Set.copyOf(neighbour.sources),
        neighbour.reachable || neighbour.announced);
  }
}
