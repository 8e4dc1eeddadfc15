package nara.bounds;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Elements of several groups that share scarce room. The group that takes most room loses its
 * oldest element first, so a flood of one group displaces no other.
 *
 * <p>Each operation takes time logarithmic in the number of groups. Not thread-safe.
 *
 * @param <E> compared by value; no two are equal
 */
public final class FairQueue<E> {
  private final Map<String, Group<E>> groups = new HashMap<>();
  private final Map<E, Group<E>> groupOf = new HashMap<>();
  private final TreeSet<Group<E>> heaviestFirst =
      new TreeSet<>(
          Comparator.<Group<E>>comparingLong(group -> -group.weight)
              .thenComparingLong(group -> group.number));
  private long groupCount;
  private long weight;

  private static final class Group<E> {
    private final String name;
    private final long number;
    private final LinkedHashMap<E, Long> weights = new LinkedHashMap<>();
    private long weight;

    private Group(String name, long number) {
      this.name = name;
      this.number = number;
    }
  }

  /** Adds an element as the youngest of its group; false when it is there already. */
  public boolean add(String groupName, E element, long elementWeight) {
    if (groupOf.containsKey(element)) {
      return false;
    }
    Group<E> group = groups.computeIfAbsent(groupName, name -> new Group<>(name, groupCount++));
    change(group, elementWeight);
    group.weights.put(element, elementWeight);
    groupOf.put(element, group);
    return true;
  }

  /** Removes an element; false when it is not there. */
  public boolean remove(E element) {
    Group<E> group = groupOf.remove(element);
    if (group == null) {
      return false;
    }
    change(group, -group.weights.get(element));
    group.weights.remove(element);
    if (group.weights.isEmpty()) {
      heaviestFirst.remove(group);
      groups.remove(group.name);
    }
    return true;
  }

  /** Removes and returns the oldest element of the heaviest group; empty when there is none. */
  public Optional<E> removeOldestOfHeaviest() {
    return heaviestFirst.isEmpty() ? Optional.empty() : removeOldest(heaviestFirst.first());
  }

  /** Removes and returns the oldest element of the lightest group; empty when there is none. */
  public Optional<E> removeOldestOfLightest() {
    return heaviestFirst.isEmpty() ? Optional.empty() : removeOldest(heaviestFirst.last());
  }

  private Optional<E> removeOldest(Group<E> group) {
    E oldest = group.weights.firstEntry().getKey();
    remove(oldest);
    return Optional.of(oldest);
  }

  /** The order of the set depends on the weight, so the group leaves it for the change. */
  private void change(Group<E> group, long difference) {
    heaviestFirst.remove(group);
    group.weight += difference;
    weight += difference;
    heaviestFirst.add(group);
  }

  /** The sum of all elements' weights. */
  public long weight() {
    return weight;
  }

  /** The number of elements. */
  public int size() {
    return groupOf.size();
  }

  /** The number of groups that have an element. */
  public int groups() {
    return groups.size();
  }
}
