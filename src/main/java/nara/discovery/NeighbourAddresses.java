package nara.discovery;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The claimed addresses of one name. Anybody can claim any address, so all are kept, within bounds,
 * and pinged. The nara's address is the one that responded with the nara's key. A claim that was
 * not pinged never replaces it.
 */
final class NeighbourAddresses {
  /** Signed claims per name: the latest one, and the one before it. */
  static final int MAX_SIGNED = 2;

  /** Unsigned claims per name. Each costs a ping; honest naras have one or two addresses. */
  static final int MAX_UNSIGNED = 8;

  /** The evidence for a claim; a later constant is better. */
  enum Evidence {
    /** From a howdy or from another nara: anybody can alter it. */
    UNSIGNED,
    /** This node found the address: in a range, or by the Tailscale daemon. */
    FOUND,
    /** The nara's signature covers it. */
    SIGNED,
    /** The operator configured it. */
    OPERATOR
  }

  private static final class Claim {
    private final String address;
    private Evidence evidence;
    private boolean firstHand;
    private boolean responded;
    private boolean failed;
    private boolean proven;

    /** Whether it was asked for a signed response since it began to respond to pings. */
    private boolean asked;

    private Claim(String address, Evidence evidence) {
      this.address = address;
      this.evidence = evidence;
    }
  }

  /** In the order of arrival; a signed claim that is repeated is the latest again. */
  private final Map<String, Claim> claims = new LinkedHashMap<>();

  private Set<String> configured = Set.of();

  private String chosen = "";

  /**
   * Adds a claim, or more evidence for one.
   *
   * @param firstHand whether the nara itself claims it
   * @return whether to ping the address
   */
  boolean claim(String address, Evidence evidence, boolean firstHand) {
    Claim claim = claims.get(address);
    if (claim == null) {
      if (!makeRoom(evidence)) {
        return false;
      }
      claim = new Claim(address, evidence);
    } else if (evidence == Evidence.SIGNED) {
      claims.remove(address);
    }
    claims.putIfAbsent(address, claim);
    claim.firstHand |= firstHand;
    if (evidence.compareTo(claim.evidence) > 0) {
      claim.evidence = evidence;
      choose();
    }
    return !claim.responded || (firstHand && !rivals().isEmpty());
  }

  private boolean makeRoom(Evidence evidence) {
    int max =
        switch (evidence) {
          case UNSIGNED -> MAX_UNSIGNED;
          case FOUND, SIGNED -> MAX_SIGNED;
          case OPERATOR -> Integer.MAX_VALUE;
        };
    List<Claim> equals = claims.values().stream().filter(c -> c.evidence == evidence).toList();
    if (equals.size() < max) {
      return true;
    }
    // A flood of unsigned claims must not evict claims that were not pinged yet.
    Predicate<Claim> replaceable = c -> evidence != Evidence.UNSIGNED || c.failed;
    Optional<Claim> evicted =
        equals.stream().filter(replaceable).filter(c -> !c.address.equals(chosen)).findFirst();
    evicted.ifPresent(claim -> claims.remove(claim.address));
    return evicted.isPresent();
  }

  /** The address certainly belongs to another nara, so it is no longer a claim of this one. */
  void remove(String address) {
    claims.remove(address);
    choose();
  }

  /** Replaces the operator's addresses of this name. */
  void configure(List<String> addresses) {
    configured = Set.copyOf(addresses);
    claims
        .values()
        .removeIf(c -> c.evidence == Evidence.OPERATOR && !addresses.contains(c.address));
    addresses.forEach(address -> claim(address, Evidence.OPERATOR, false));
    choose();
  }

  /** The nara responded to a ping there. */
  void onResponse(String address, Evidence evidence) {
    claim(address, evidence, false);
    Claim claim = claims.get(address);
    if (claim != null) {
      claim.asked &= claim.responded;
      claim.responded = true;
      claim.failed = false;
      choose();
    }
  }

  /** A ping failed, or another nara responded. */
  void onFailure(String address) {
    Claim claim = claims.get(address);
    if (claim != null) {
      claim.responded = false;
      claim.failed = true;
      claim.proven = false;
      choose();
    }
  }

  /** The address gave a response that only the nara can sign, or one that it did not sign. */
  void onProof(String address, boolean valid) {
    Claim claim = claims.get(address);
    if (claim != null) {
      claim.asked = true;
      claim.proven = valid;
      if (valid) {
        choose();
      } else {
        onFailure(address);
      }
    }
  }

  /** The address gave no signed response, but still responds to pings. */
  void onNoProof(String address) {
    Claim claim = claims.get(address);
    if (claim != null) {
      claim.asked = true;
    }
  }

  /** The best address that responds. If none does, the last one remains: the nara may come back. */
  private void choose() {
    claims.values().stream()
        .filter(claim -> claim.responded)
        .max(
            Comparator.comparing((Claim claim) -> claim.proven)
                .thenComparing(claim -> claim.evidence)
                .thenComparing(claim -> claim.address.equals(chosen)))
        .ifPresent(best -> chosen = best.address);
    if (!claims.containsKey(chosen)) {
      chosen = "";
    }
  }

  /**
   * The address to use: one that the nara responded at, else one that the operator configured, else
   * empty.
   */
  String address() {
    if (!chosen.isEmpty()) {
      return chosen;
    }
    return claims.values().stream()
        .filter(claim -> claim.evidence == Evidence.OPERATOR)
        .map(claim -> claim.address)
        .findFirst()
        .orElse("");
  }

  Set<String> claimed() {
    return claims.keySet();
  }

  boolean holds(String address) {
    return claims.containsKey(address);
  }

  /** The addresses that the operator configured for this name. */
  Set<String> configured() {
    return configured;
  }

  /** Whether the nara responds to pings at some address. */
  boolean responds() {
    return claims.values().stream().anyMatch(claim -> claim.responded);
  }

  /**
   * The addresses that respond to pings, when there are several and no signed response tells which
   * one is the nara's. Responses to pings are not signed, so a stranger can send them too. A new
   * one is compared with an address that gave a proof before: the nara may have moved.
   */
  List<String> rivals() {
    List<Claim> responding = claims.values().stream().filter(claim -> claim.responded).toList();
    boolean decided =
        responding.size() < 2
            || responding.stream().anyMatch(claim -> claim.evidence == Evidence.OPERATOR)
            || (responding.stream().anyMatch(claim -> claim.proven)
                && responding.stream().allMatch(claim -> claim.asked));
    return decided ? List.of() : responding.stream().map(claim -> claim.address).toList();
  }

  /** The claims to ping in a run, the best first. Other sources ping theirs themselves. */
  List<PingTarget> targets(String name) {
    return claims.values().stream()
        .filter(c -> c.evidence == Evidence.UNSIGNED || c.evidence == Evidence.SIGNED)
        .sorted(
            Comparator.comparing((Claim claim) -> claim.failed)
                .thenComparing(claim -> claim.evidence, Comparator.reverseOrder()))
        .map(claim -> new PingTarget(claim.address, name, source(claim)))
        .toList();
  }

  private static Neighbour.Source source(Claim claim) {
    return claim.firstHand ? Neighbour.Source.PLAZA : Neighbour.Source.HEARSAY;
  }
}
