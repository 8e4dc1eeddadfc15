package nara.discovery;

import java.util.Collections;
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
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.LearnResult;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.PeerAddress;
import nara.presence.Presence;

/**
 * The neighbourhood: what all sources together say about who is there.
 *
 * <p>Sources contradict each other, some by mistake and some on purpose. The rules: a name's first
 * key stays its key, and word that comes with another one is not used; of several addresses the one
 * with the best {@link AddressRank} counts, of equally good ones the latest; what a nara says of
 * itself is never replaced by what others say of it; this node is nobody's neighbour. Names,
 * addresses and the number of neighbours are bounded, and mere hearsay is the first to go.
 *
 * <p>Not safe for use from several threads.
 */
final class KnownNeighbours {
  /** Neighbours kept, at most: far above any network seen. */
  static final int MAX_NEIGHBOURS = 10_000;

  /** Who vouches for an address; a later one beats an earlier one. */
  private enum AddressRank {
    /** Another neighbour told it, or nobody answered there lately. */
    HEARSAY,
    /** Somebody of that name answered a ping there; an answer to a ping is not signed. */
    PONG,
    /** The nara itself announced it, signed. */
    ANNOUNCEMENT,
    /** The operator configured it, and the nara answered there. */
    OPERATOR
  }

  private static final class NeighbourEntry {
    private String id = "";
    private final Map<AddressRank, String> addresses = new EnumMap<>(AddressRank.class);
    private final Set<Neighbour.Source> sources = EnumSet.noneOf(Neighbour.Source.class);
    private boolean reachable;
    private boolean announced;

    private String address() {
      return addresses.values().stream().reduce("", (worse, better) -> better);
    }
  }

  private final Identity me;
  private final Keyring keys;
  private final int maxNeighbours;
  private final Map<String, NeighbourEntry> known = new LinkedHashMap<>();
  // Known from hearsay alone, eldest first: these make room when it is full.
  private final Set<String> hearsayOnly = new LinkedHashSet<>();
  // Gone, those first who went first: they make room next. Never whom the operator named.
  private final Set<String> departed = new LinkedHashSet<>();
  // Who answered where, so that silence there is noticed whoever was expected.
  private final Map<String, String> nameByAddress = new HashMap<>();

  /**
   * Nobody known yet.
   *
   * @param me never a neighbour
   * @param keys decides which key is a name's; those of who answers a ping are learned
   */
  KnownNeighbours(Identity me, Keyring keys) {
    this(me, keys, MAX_NEIGHBOURS);
  }

  KnownNeighbours(Identity me, Keyring keys, int maxNeighbours) {
    this.me = me;
    this.keys = keys;
    this.maxNeighbours = maxNeighbours;
  }

  /** Takes note of a peer that the operator named, before anybody asked it. */
  void addConfigured(String name, String address) {
    if (name.equals(me.name())) {
      return;
    }
    getOrAdd(name, Neighbour.Source.CONFIGURED)
        .ifPresent(neighbour -> neighbour.addresses.putIfAbsent(AddressRank.HEARSAY, address));
  }

  /**
   * Takes the answer to a ping, unless it contradicts what was expected or is known.
   *
   * @return what is wrong with it, in a sentence
   */
  Optional<String> onPong(PingTarget pingTarget, Pong pong) {
    Optional<String> problem = conflict(pingTarget, pong);
    boolean self = pong.name().equals(me.name());
    if (problem.isPresent() || self) {
      onNoPong(pingTarget);
      return problem;
    }
    String before = nameByAddress.getOrDefault(pingTarget.address(), pong.name());
    if (!before.equals(pong.name())) {
      markGone(before, pingTarget.address());
    }
    Optional<NeighbourEntry> entry = getOrAdd(pong.name(), pingTarget.source());
    entry.ifPresent(neighbour -> onPong(neighbour, pong.name(), pingTarget));
    return entry.isPresent() ? Optional.empty() : Optional.of(fullProblem());
  }

  private void onPong(NeighbourEntry neighbour, String name, PingTarget pingTarget) {
    boolean operator = pingTarget.source() == Neighbour.Source.CONFIGURED;
    String before =
        neighbour.addresses.put(
            operator ? AddressRank.OPERATOR : AddressRank.PONG, pingTarget.address());
    if (before != null) {
      nameByAddress.remove(before, name);
    }
    nameByAddress.put(pingTarget.address(), name);
    neighbour.reachable = true;
    hearsayOnly.remove(name);
    departed.remove(name);
  }

  private Optional<String> conflict(PingTarget pingTarget, Pong pong) {
    String description =
        "who answers at %s as %s".formatted(pingTarget.address(), SafeText.quoted(pong.name()));
    boolean sameName = pong.name().equals(me.name());
    boolean sameKey = pong.key().equals(me.keys().publicKey());
    if (sameName && sameKey) {
      return pingTarget.expectedName().isEmpty() || pingTarget.expectedName().equals(me.name())
          ? Optional.empty()
          : Optional.of(
              description + " is this node, not " + SafeText.quoted(pingTarget.expectedName()));
    }
    if (sameName || sameKey) {
      return Optional.of(
          description + " has this node's " + (sameName ? "name" : "key") + ": it is not used");
    }
    if (!pingTarget.expectedName().isEmpty() && !pingTarget.expectedName().equals(pong.name())) {
      return Optional.of(
          "%s should be %s: it is not used"
              .formatted(description, SafeText.quoted(pingTarget.expectedName())));
    }
    LearnResult learnResult = keys.learn(pong.name(), "", pong.key(), Origin.PING);
    return switch (learnResult) {
      case ADDED, KNOWN -> Optional.empty();
      case CONFLICT ->
          Optional.of(
              description + " has another key than the first one of that name: it is not used");
      case FULL -> Optional.of(description + " is not used: no room for more keys");
      case REFUSED ->
          Optional.of(
              "who answers at %s has %s: it is not used"
                  .formatted(
                      pingTarget.address(), pong.name().isEmpty() ? "no name" : "too long a name"));
    };
  }

  /** Nobody answered there, or not who should: the address counts for less from now on. */
  void onNoPong(PingTarget pingTarget) {
    markGone(pingTarget.expectedName(), pingTarget.address());
    markGone(nameByAddress.getOrDefault(pingTarget.address(), ""), pingTarget.address());
  }

  private void markGone(String name, String address) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour == null) {
      return;
    }
    nameByAddress.remove(address, name);
    if (neighbour.address().equals(address)) {
      neighbour.reachable = false;
      addDeparted(name, neighbour);
    }
    if (neighbour.addresses.values().removeIf(address::equals)) {
      neighbour.addresses.putIfAbsent(AddressRank.HEARSAY, address);
    }
  }

  /**
   * Takes word from the plaza.
   *
   * @return why it is not used, in a sentence
   */
  Optional<String> onPresence(Presence presence) {
    return switch (presence) {
      case Presence.Online online -> onPresent(online);
      case Presence.Offline offline -> {
        markGone(offline.name());
        yield Optional.empty();
      }
      case Presence.Missing missing -> {
        markGone(missing.name());
        yield Optional.empty();
      }
      case Presence.Active active -> Optional.empty();
      case Presence.ObservationReceived observationReceived -> Optional.empty();
    };
  }

  private Optional<String> onPresent(Presence.Online told) {
    Optional<PublicKey> mine = told.key().filter(me.keys().publicKey()::equals);
    if (told.name().equals(me.name())
        || told.name().isEmpty()
        || told.name().length() > Keyring.MAX_NAME_CHARACTERS) {
      return Optional.empty();
    }
    Optional<PublicKey> first = mine.isPresent() ? Optional.empty() : keys.byName(told.name());
    boolean contradicts =
        mine.isPresent()
            || (first.isPresent() && told.key().isPresent() && !told.key().equals(first));
    if (contradicts) {
      return Optional.of(
          "%s on the plaza has %s: it is not used"
              .formatted(
                  SafeText.quoted(told.name()),
                  mine.isPresent() ? "this node's key" : "another key than its first one"));
    }
    Optional<NeighbourEntry> entry =
        getOrAdd(told.name(), told.firstHand() ? Neighbour.Source.PLAZA : Neighbour.Source.HEARSAY);
    entry.ifPresent(neighbour -> onPresent(neighbour, told));
    if (told.firstHand()) {
      departed.remove(told.name());
    }
    return entry.isPresent() ? Optional.empty() : Optional.of(fullProblem());
  }

  private static void onPresent(NeighbourEntry neighbour, Presence.Online told) {
    if (!told.id().isEmpty()
        && told.id().length() <= Keyring.MAX_ID_CHARACTERS
        && (told.firstHand() || neighbour.id.isEmpty())) {
      neighbour.id = told.id();
    }
    if (PeerAddress.parse(told.address()).isPresent()) {
      neighbour.addresses.put(
          told.firstHand() ? AddressRank.ANNOUNCEMENT : AddressRank.HEARSAY, told.address());
    }
    neighbour.announced |= told.firstHand();
  }

  private void markGone(String name) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour != null) {
      neighbour.reachable = false;
      neighbour.announced = false;
      addDeparted(name, neighbour);
    }
  }

  private void addDeparted(String name, NeighbourEntry neighbour) {
    if (!neighbour.announced && !neighbour.sources.contains(Neighbour.Source.CONFIGURED)) {
      departed.add(name);
    }
  }

  /** The neighbour of that name, entered if there is room for it. */
  private Optional<NeighbourEntry> getOrAdd(String name, Neighbour.Source source) {
    boolean isHearsay = source == Neighbour.Source.HEARSAY;
    NeighbourEntry neighbour = known.get(name);
    if (neighbour == null) {
      if (known.size() >= maxNeighbours && (isHearsay || !evictOne(source))) {
        return Optional.empty();
      }
      neighbour = new NeighbourEntry();
      known.put(name, neighbour);
      if (isHearsay) {
        hearsayOnly.add(name);
      }
    }
    if (!isHearsay) {
      hearsayOnly.remove(name);
    }
    if (source == Neighbour.Source.CONFIGURED) {
      departed.remove(name);
    }
    neighbour.sources.add(source);
    return Optional.of(neighbour);
  }

  /**
   * A rumour goes for anybody, and after the rumours whoever is gone; for those whom the operator
   * named, anybody else goes.
   */
  private boolean evictOne(Neighbour.Source source) {
    Optional<String> evicted = Stream.concat(hearsayOnly.stream(), departed.stream()).findFirst();
    if (evicted.isEmpty() && source == Neighbour.Source.CONFIGURED) {
      evicted =
          known.entrySet().stream()
              .filter(each -> !each.getValue().sources.contains(Neighbour.Source.CONFIGURED))
              .map(Map.Entry::getKey)
              .findFirst();
    }
    evicted.ifPresent(this::remove);
    return evicted.isPresent();
  }

  /** Forgets a neighbour of whom nothing is heard any more, unless the operator named it. */
  void forget(String name) {
    NeighbourEntry neighbour = known.get(name);
    if (neighbour != null && !neighbour.sources.contains(Neighbour.Source.CONFIGURED)) {
      remove(name);
    }
  }

  private void remove(String name) {
    NeighbourEntry neighbour = known.remove(name);
    neighbour.addresses.values().forEach(address -> nameByAddress.remove(address, name));
    hearsayOnly.remove(name);
    departed.remove(name);
  }

  /** Names nobody: that would be a line for each, and whoever fills it chooses the names. */
  private String fullProblem() {
    return "no room for more neighbours: %d are known".formatted(maxNeighbours);
  }

  /**
   * Addresses that were told on the plaza and that no other source asks about: those announced
   * first-hand before those of hearsay.
   *
   * @param limit how many, at most
   */
  List<PingTarget> plazaTargets(int limit) {
    return Stream.concat(
            plazaTargets(Neighbour.Source.PLAZA, EnumSet.of(Neighbour.Source.CONFIGURED)),
            plazaTargets(
                Neighbour.Source.HEARSAY,
                EnumSet.of(Neighbour.Source.CONFIGURED, Neighbour.Source.PLAZA)))
        .limit(limit)
        .toList();
  }

  private Stream<PingTarget> plazaTargets(Neighbour.Source source, Set<Neighbour.Source> without) {
    return known.entrySet().stream()
        .filter(each -> each.getValue().sources.contains(source))
        .filter(each -> Collections.disjoint(each.getValue().sources, without))
        .filter(each -> !each.getValue().address().isEmpty())
        .map(each -> new PingTarget(each.getValue().address(), each.getKey(), source));
  }

  /** Everybody, by name. */
  List<Neighbour> all() {
    return known.entrySet().stream()
        .map(each -> toNeighbour(each.getKey(), each.getValue()))
        .sorted(Comparator.comparing(Neighbour::name))
        .toList();
  }

  private Neighbour toNeighbour(String name, NeighbourEntry neighbour) {
    return new Neighbour(
        name,
        keys.idOf(name).orElse(neighbour.id),
        neighbour.address(),
        keys.byName(name),
        Set.copyOf(neighbour.sources),
        neighbour.reachable || neighbour.announced);
  }
}
