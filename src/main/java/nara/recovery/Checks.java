package nara.recovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import nara.ledger.Query;
import nara.recovery.Survey.Kin;

/**
 * Spot checks against what is held, when all is walked: whoever walked for others is compared with
 * one of them, and whoever was passed over is asked for a few events of each part of its ledger.
 *
 * <p>A check that brings anything new, be it a signature that another had taken off, says that what
 * it is about was not walked well. Where it looks is by chance, so that nobody can be honest just
 * there.
 */
final class Checks {
  /** Looks at one neighbour's walk. */
  private static final int LOOKS = 2;

  private static final int LOOK_EVENTS = 24;

  /** Looks at a ledger that was passed over, and the share of its events that they may cost. */
  private static final int PROOFS = 8;

  private static final double PROOF_SHARE = 0.01;
  private static final int LEAST_PROOF = 12;
  private static final int MOST_PROOF = 200;

  private final RandomGenerator random;
  private final Set<String> checked = new HashSet<>();
  private final Set<String> proven = new HashSet<>();

  /**
   * One of them.
   *
   * @param about the walker that it checks, or the head of the group that was passed over
   * @param asked who is asked
   */
  record Check(String about, String asked, Query query) {}

  Checks(RandomGenerator random) {
    this.random = random;
  }

  /** The checks of those who walked, each once; by others that are trusted. */
  List<Check> ofWalkers(List<String> names, Walk walk, Predicate<String> trusted) {
    List<Check> checks = new ArrayList<>();
    for (String name : names) {
      List<Stretch> its = new ArrayList<>(walk.walkedBy(name));
      its.removeIf(stretch -> others(stretch, name, trusted).isEmpty());
      if (its.isEmpty() || !checked.add(name)) {
        continue;
      }
      // Once where it gave most without a signature, the other time anywhere.
      its.sort(Comparator.comparingInt(Stretch::unsigned).reversed());
      for (int look = 0; look < LOOKS; look++) {
        Stretch stretch = its.get(look == 0 ? 0 : random.nextInt(its.size()));
        List<String> others = others(stretch, name, trusted);
        checks.add(
            new Check(
                name,
                others.get(random.nextInt(others.size())),
                page(stretch.within(0.9 * random.nextDouble()), LOOK_EVENTS)));
      }
    }
    return checks;
  }

  private static List<String> others(Stretch stretch, String walker, Predicate<String> trusted) {
    return stretch.recheckOf().isEmpty()
        ? stretch.everybody().stream()
            .filter(name -> !name.equals(walker) && trusted.test(name))
            .sorted()
            .toList()
        : List.of();
  }

  /** The checks of a group that was not walked, each once. */
  List<Check> ofPassedOver(Kin kin, String asked) {
    List<Check> checks = new ArrayList<>();
    if (kin.ruler().isPresent() && kin.count() > 0 && proven.add(kin.head())) {
      int size = (int) Math.clamp(PROOF_SHARE * kin.count() / PROOFS, LEAST_PROOF, MOST_PROOF);
      for (int i = 0; i < PROOFS; i++) {
        long at = kin.ruler().get().timeAt((i + random.nextDouble()) / PROOFS);
        checks.add(new Check(kin.head(), asked, page(at, size)));
      }
    }
    return checks;
  }

  private static Query page(long after, int size) {
    return new Query.Page(after, size, Query.Filter.ALL);
  }
}
