package nara.recovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The stretches of a recovery: who may take which, which are under way, and who walked what.
 *
 * <p>The newest go first. Whoever runs out of work takes half of what is left of another's; whoever
 * fails loses its stretch to another, and what it had delivered stays.
 */
final class Walk {
  private final List<Stretch> open = new ArrayList<>();
  private final Map<Stretch, String> walking = new HashMap<>();
  private final Map<String, List<Stretch>> walked = new HashMap<>();
  private int dealt;
  private int givenUp;

  /** Adds work. */
  void deal(Collection<Stretch> stretches) {
    open.addAll(stretches);
    // What is to be seen again comes after what nobody has seen.
    open.sort(
        Comparator.comparing((Stretch s) -> !s.recheckOf().isEmpty())
            .thenComparing(Comparator.comparingLong(Stretch::end).reversed()));
    dealt += stretches.size();
  }

  /**
   * What a peer walks next.
   *
   * @param preferred whose work others get only when none of them is left: those who do not stall
   *     and are not in doubt
   */
  Optional<Stretch> next(String peer, Predicate<String> preferred) {
    Predicate<Stretch> its =
        stretch ->
            stretch.open(peer)
                && (preferred.test(peer) || stretch.candidates().stream().noneMatch(preferred));
    Optional<Stretch> next = open.stream().filter(its).findFirst();
    if (next.isPresent()) {
      open.remove(next.get());
    } else {
      next =
          walking.keySet().stream()
              .filter(its)
              .max(Comparator.comparingLong(Stretch::left).thenComparingLong(Stretch::end))
              .flatMap(Stretch::split);
      next.ifPresent(half -> dealt++);
    }
    next.ifPresent(stretch -> walking.put(stretch, peer));
    return next;
  }

  /** A stretch is walked to its end. */
  void done(Stretch stretch) {
    String walker = walking.remove(stretch);
    stretch.forget();
    walked.computeIfAbsent(walker, first -> new ArrayList<>()).add(stretch);
    if (!stretch.recheckOf().isEmpty() && stretch.gained() == 0) {
      // What others refuse of it is what everybody has: there is nothing to mend.
      dropRechecks(stretch.recheckOf());
    }
  }

  /** Its walker will not do it: another of its candidates may, who goes on where it stopped. */
  void passOn(Stretch stretch) {
    stretch.leaveOut(walking.remove(stretch));
    open.addFirst(stretch);
  }

  /** Lets others walk what this one walked for them, what it was refused most for first. */
  void recheck(String walker, Predicate<String> trusted) {
    List<Stretch> again = new ArrayList<>();
    List<Stretch> its = new ArrayList<>(walked.getOrDefault(walker, List.of()));
    walking.forEach(
        (stretch, peer) -> {
          if (peer.equals(walker)) {
            its.add(stretch);
          }
        });
    its.sort(Comparator.comparingInt(Stretch::refused).reversed());
    for (Stretch stretch : its) {
      recheck(stretch, walker, trusted).ifPresent(again::add);
    }
    open.addAll(again);
    dealt += again.size();
  }

  /** Lets others walk this one stretch of it. */
  Optional<Stretch> recheck(Stretch stretch, String walker, Predicate<String> trusted) {
    Set<String> others = new HashSet<>(stretch.candidates());
    others.removeIf(name -> name.equals(walker) || !trusted.test(name));
    return others.isEmpty() || !stretch.recheckOf().isEmpty()
        ? Optional.empty()
        : Optional.of(stretch.recheck(walker, others));
  }

  private void dropRechecks(String of) {
    int before = open.size();
    open.removeIf(stretch -> stretch.recheckOf().equals(of));
    dealt -= before - open.size();
  }

  /** What a peer has walked to the end. */
  List<Stretch> walkedBy(String peer) {
    return walked.getOrDefault(peer, List.of());
  }

  /**
   * Gives up what nobody who is left can walk.
   *
   * @param missed whether it is a loss when that peer's events do not come
   */
  void giveUp(Predicate<String> able, Predicate<String> missed) {
    int before = open.size();
    open.removeIf(
        stretch -> {
          boolean nobody = stretch.candidates().stream().noneMatch(able);
          boolean loss =
              stretch.recheckOf().isEmpty() && stretch.everybody().stream().anyMatch(missed);
          givenUp += nobody && loss ? 1 : 0;
          return nobody;
        });
    dealt -= before - open.size();
  }

  /** Leaves what has not begun. */
  void leaveTheRest() {
    dealt -= open.size();
    open.clear();
  }

  /** Whether nothing is left to begin. */
  boolean idle() {
    return open.isEmpty();
  }

  /** Events that what is under way with those peers may bring still. */
  long underWay(Predicate<String> with) {
    return walking.entrySet().stream()
        .filter(entry -> with.test(entry.getValue()))
        .mapToLong(entry -> entry.getKey().left())
        .sum();
  }

  /** Stretches that nobody could walk. */
  int givenUp() {
    return givenUp;
  }

  /** All stretches that were to be walked, the walked ones among them. */
  int dealt() {
    return dealt;
  }

  int settled() {
    return walked.values().stream().mapToInt(List::size).sum();
  }
}
