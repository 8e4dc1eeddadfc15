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
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Learned;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mesh.MeshRequest.Pong;
import nara.mesh.PeerAddress;
import nara.plaza.Presence;

/**
 * The neighbourhood: what all sources together say about who is there.
 *
 * <p>Sources contradict each other, some by mistake and some on purpose. The rules: a name's first
 * key stays its key, and word that comes with another one is not used; of several addresses the one
 * with the best {@link Voucher} counts, of equally good ones the latest; what a nara says of itself
 * is never replaced by what others say of it; this node is nobody's neighbour. Names, addresses and
 * the number of neighbours are bounded, and mere hearsay is the first to go.
 *
 * <p>Not safe for use from several threads.
 */
final class KnownNeighbours {
  /** Neighbours kept, at most: far above any network seen. */
  static final int MAX_NEIGHBOURS = 10_000;

  /** Who vouches for an address; a later one beats an earlier one. */
  private enum Voucher {
    /** Another neighbour told it, or nobody answered there lately. */
    HEARSAY,
    /** Somebody of that name answered a ping there; an answer to a ping is not signed. */
    ANSWER,
    /** The nara itself announced it, signed. */
    ANNOUNCEMENT,
    /** The operator configured it, and the nara answered there. */
    OPERATOR
  }

  private static final class Known {
    private String id = "";
    private final Map<Voucher, String> addresses = new EnumMap<>(Voucher.class);
    private final Set<Neighbour.Source> sources = EnumSet.noneOf(Neighbour.Source.class);
    private boolean answers;
    private boolean announced;

    private String address() {
      return addresses.values().stream().reduce("", (worse, better) -> better);
    }
  }

  private final Identity me;
  private final Keyring keys;
  private final int most;
  private final Map<String, Known> known = new LinkedHashMap<>();
  // Known from hearsay alone, eldest first: these make room when it is full.
  private final Set<String> rumoured = new LinkedHashSet<>();
  // Gone, those first who went first: they make room next. Never whom the operator named.
  private final Set<String> left = new LinkedHashSet<>();
  // Who answered where, so that silence there is noticed whoever was expected.
  private final Map<String, String> answeredAt = new HashMap<>();

  /**
   * Nobody known yet.
   *
   * @param me never a neighbour
   * @param keys decides which key is a name's; those of who answers a ping are learned
   */
  KnownNeighbours(Identity me, Keyring keys) {
    this(me, keys, MAX_NEIGHBOURS);
  }

  KnownNeighbours(Identity me, Keyring keys, int most) {
    this.me = me;
    this.keys = keys;
    this.most = most;
  }

  /** Takes note of a peer that the operator named, before anybody asked it. */
  void configured(String name, String address) {
    if (name.equals(me.name())) {
      return;
    }
    enter(name, Neighbour.Source.CONFIGURED)
        .ifPresent(neighbour -> neighbour.addresses.putIfAbsent(Voucher.HEARSAY, address));
  }

  /**
   * Takes the answer to a ping, unless it contradicts what was expected or is known.
   *
   * @return what is wrong with it, in a sentence
   */
  Optional<String> answered(Target target, Pong pong) {
    Optional<String> trouble = contradiction(target, pong);
    boolean self = pong.name().equals(me.name());
    if (trouble.isPresent() || self) {
      unanswered(target);
      return trouble;
    }
    String before = answeredAt.getOrDefault(target.address(), pong.name());
    if (!before.equals(pong.name())) {
      gone(before, target.address());
    }
    Optional<Known> entered = enter(pong.name(), target.source());
    entered.ifPresent(neighbour -> answered(neighbour, pong.name(), target));
    return entered.isPresent() ? Optional.empty() : Optional.of(full());
  }

  private void answered(Known neighbour, String name, Target target) {
    boolean operator = target.source() == Neighbour.Source.CONFIGURED;
    String before =
        neighbour.addresses.put(operator ? Voucher.OPERATOR : Voucher.ANSWER, target.address());
    if (before != null) {
      answeredAt.remove(before, name);
    }
    answeredAt.put(target.address(), name);
    neighbour.answers = true;
    rumoured.remove(name);
    left.remove(name);
  }

  private Optional<String> contradiction(Target target, Pong pong) {
    String who = "who answers at %s as %s".formatted(target.address(), Shown.of(pong.name()));
    boolean named = pong.name().equals(me.name());
    boolean keyed = pong.key().equals(me.keys().publicKey());
    if (named && keyed) {
      return target.expected().isEmpty() || target.expected().equals(me.name())
          ? Optional.empty()
          : Optional.of(who + " is this node, not " + Shown.of(target.expected()));
    }
    if (named || keyed) {
      return Optional.of(who + " has this node's " + (named ? "name" : "key") + ": it is not used");
    }
    if (!target.expected().isEmpty() && !target.expected().equals(pong.name())) {
      return Optional.of(
          "%s should be %s: it is not used".formatted(who, Shown.of(target.expected())));
    }
    Learned learned = keys.learn(pong.name(), "", pong.key(), Origin.PING);
    return switch (learned) {
      case ADDED, KNOWN -> Optional.empty();
      case CONFLICT ->
          Optional.of(who + " has another key than the first one of that name: it is not used");
      case FULL -> Optional.of(who + " is not used: no room for more keys");
      case REFUSED ->
          Optional.of(
              "who answers at %s has %s: it is not used"
                  .formatted(
                      target.address(), pong.name().isEmpty() ? "no name" : "too long a name"));
    };
  }

  /** Nobody answered there, or not who should: the address counts for less from now on. */
  void unanswered(Target target) {
    gone(target.expected(), target.address());
    gone(answeredAt.getOrDefault(target.address(), ""), target.address());
  }

  private void gone(String name, String address) {
    Known neighbour = known.get(name);
    if (neighbour == null) {
      return;
    }
    answeredAt.remove(address, name);
    if (neighbour.address().equals(address)) {
      neighbour.answers = false;
      noteGone(name, neighbour);
    }
    if (neighbour.addresses.values().removeIf(address::equals)) {
      neighbour.addresses.putIfAbsent(Voucher.HEARSAY, address);
    }
  }

  /**
   * Takes word from the plaza.
   *
   * @return why it is not used, in a sentence
   */
  Optional<String> heard(Presence presence) {
    return switch (presence) {
      case Presence.Present present -> present(present);
      case Presence.Left left -> {
        gone(left.name());
        yield Optional.empty();
      }
      case Presence.Missed missed -> {
        gone(missed.name());
        yield Optional.empty();
      }
      case Presence.Spoke spoke -> Optional.empty();
      case Presence.Remembers remembers -> Optional.empty();
    };
  }

  private Optional<String> present(Presence.Present told) {
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
                  Shown.of(told.name()),
                  mine.isPresent() ? "this node's key" : "another key than its first one"));
    }
    Optional<Known> entered =
        enter(told.name(), told.firstHand() ? Neighbour.Source.PLAZA : Neighbour.Source.HEARSAY);
    entered.ifPresent(neighbour -> present(neighbour, told));
    if (told.firstHand()) {
      left.remove(told.name());
    }
    return entered.isPresent() ? Optional.empty() : Optional.of(full());
  }

  private static void present(Known neighbour, Presence.Present told) {
    if (!told.id().isEmpty()
        && told.id().length() <= Keyring.MAX_ID_CHARACTERS
        && (told.firstHand() || neighbour.id.isEmpty())) {
      neighbour.id = told.id();
    }
    if (PeerAddress.parse(told.address()).isPresent()) {
      neighbour.addresses.put(
          told.firstHand() ? Voucher.ANNOUNCEMENT : Voucher.HEARSAY, told.address());
    }
    neighbour.announced |= told.firstHand();
  }

  private void gone(String name) {
    Known neighbour = known.get(name);
    if (neighbour != null) {
      neighbour.answers = false;
      neighbour.announced = false;
      noteGone(name, neighbour);
    }
  }

  private void noteGone(String name, Known neighbour) {
    if (!neighbour.announced && !neighbour.sources.contains(Neighbour.Source.CONFIGURED)) {
      left.add(name);
    }
  }

  /** The neighbour of that name, entered if there is room for it. */
  private Optional<Known> enter(String name, Neighbour.Source source) {
    boolean rumour = source == Neighbour.Source.HEARSAY;
    Known neighbour = known.get(name);
    if (neighbour == null) {
      if (known.size() >= most && (rumour || !makeRoom(source))) {
        return Optional.empty();
      }
      neighbour = new Known();
      known.put(name, neighbour);
      if (rumour) {
        rumoured.add(name);
      }
    }
    if (!rumour) {
      rumoured.remove(name);
    }
    if (source == Neighbour.Source.CONFIGURED) {
      left.remove(name);
    }
    neighbour.sources.add(source);
    return Optional.of(neighbour);
  }

  /**
   * A rumour goes for anybody, and after the rumours whoever is gone; for those whom the operator
   * named, anybody else goes.
   */
  private boolean makeRoom(Neighbour.Source source) {
    Optional<String> goes = Stream.concat(rumoured.stream(), left.stream()).findFirst();
    if (goes.isEmpty() && source == Neighbour.Source.CONFIGURED) {
      goes =
          known.entrySet().stream()
              .filter(each -> !each.getValue().sources.contains(Neighbour.Source.CONFIGURED))
              .map(Map.Entry::getKey)
              .findFirst();
    }
    goes.ifPresent(this::remove);
    return goes.isPresent();
  }

  /** Forgets a neighbour of whom nothing is heard any more, unless the operator named it. */
  void forget(String name) {
    Known neighbour = known.get(name);
    if (neighbour != null && !neighbour.sources.contains(Neighbour.Source.CONFIGURED)) {
      remove(name);
    }
  }

  private void remove(String name) {
    Known neighbour = known.remove(name);
    neighbour.addresses.values().forEach(address -> answeredAt.remove(address, name));
    rumoured.remove(name);
    left.remove(name);
  }

  /** Names nobody: that would be a line for each, and whoever fills it chooses the names. */
  private String full() {
    return "no room for more neighbours: %d are known".formatted(most);
  }

  /**
   * Addresses that were told on the plaza and that no other source asks about: those announced
   * first-hand before those of hearsay.
   *
   * @param limit how many, at most
   */
  List<Target> toldOf(int limit) {
    return Stream.concat(
            toldOf(Neighbour.Source.PLAZA, EnumSet.of(Neighbour.Source.CONFIGURED)),
            toldOf(
                Neighbour.Source.HEARSAY,
                EnumSet.of(Neighbour.Source.CONFIGURED, Neighbour.Source.PLAZA)))
        .limit(limit)
        .toList();
  }

  private Stream<Target> toldOf(Neighbour.Source source, Set<Neighbour.Source> without) {
    return known.entrySet().stream()
        .filter(each -> each.getValue().sources.contains(source))
        .filter(each -> Collections.disjoint(each.getValue().sources, without))
        .filter(each -> !each.getValue().address().isEmpty())
        .map(each -> new Target(each.getValue().address(), each.getKey(), source));
  }

  /** Everybody, by name. */
  List<Neighbour> all() {
    return known.entrySet().stream()
        .map(each -> neighbour(each.getKey(), each.getValue()))
        .sorted(Comparator.comparing(Neighbour::name))
        .toList();
  }

  private Neighbour neighbour(String name, Known neighbour) {
    return new Neighbour(
        name,
        keys.idOf(name).orElse(neighbour.id),
        neighbour.address(),
        keys.byName(name),
        Set.copyOf(neighbour.sources),
        neighbour.answers || neighbour.announced);
  }
}
