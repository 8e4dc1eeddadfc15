package nara.social;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import nara.profile.Flair.Award;

/** Which distinctions this node has among the naras that are online, as in the reference. */
final class AwardRules {
  /** Among fewer naras there are none. */
  private static final int MIN_OTHERS = 3;

  private static final Comparator<Rated> BY_AGE =
      Comparator.comparingLong(Rated::startTime).thenComparing(Rated::name);

  private AwardRules() {}

  /**
   * A nara that is online.
   *
   * @param startTime Unix seconds; 0 when unknown
   * @param sameBarrio whether it is in this node's neighbourhood
   */
  record Rated(String name, long startTime, long restarts, boolean sameBarrio) {}

  static Set<Award> of(Rated me, List<Rated> others) {
    Set<Award> awards = EnumSet.noneOf(Award.class);
    if (others.size() < MIN_OTHERS) {
      return awards;
    }
    if (me.startTime <= 0) {
      return EnumSet.of(Award.AGE_UNKNOWN);
    }
    List<Rated> all = new ArrayList<>(others);
    all.removeIf(other -> other.startTime <= 0);
    all.add(me);
    List<Rated> barrio = all.stream().filter(rated -> rated == me || rated.sameBarrio).toList();
    add(awards, Award.OLDEST, me == all.stream().min(BY_AGE).orElseThrow());
    add(awards, Award.YOUNGEST, me == all.stream().max(BY_AGE).orElseThrow());
    add(awards, Award.OLDEST_OF_BARRIO, me == barrio.stream().min(BY_AGE).orElseThrow());
    add(awards, Award.YOUNGEST_OF_BARRIO, me == barrio.stream().max(BY_AGE).orElseThrow());
    long most = others.stream().mapToLong(Rated::restarts).max().orElse(0);
    add(awards, Award.MOST_RESTARTS, me.restarts > most);
    return awards;
  }

  private static void add(Set<Award> awards, Award award, boolean deserved) {
    if (deserved) {
      awards.add(award);
    }
  }
}
