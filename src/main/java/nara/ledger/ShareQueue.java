package nara.ledger;

import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import nara.ledger.Share.Group;
import nara.ledger.index.StoredEvent;

/**
 * The shares of each group, the largest first. Between shares of one size, the share with the
 * lowest event comes first.
 *
 * <p>It costs nothing until the first read. From then on, a changed share costs O(log n) at the
 * next read.
 */
final class ShareQueue {
  /** A share as it was at the last read. */
  record Place(Share share, Group group, long size, int lowestRank, long lowestTime) {}

  private static final Comparator<Place> LARGEST_FIRST =
      Comparator.comparingLong(Place::size)
          .reversed()
          .thenComparingInt(Place::lowestRank)
          .thenComparingLong(Place::lowestTime)
          .thenComparing(place -> place.share.key());

  private final ToLongFunction<Share> size;
  private final Map<Group, TreeSet<Place>> groups = new EnumMap<>(Group.class);
  private final Map<Share, Place> places = new HashMap<>();
  private final Set<Share> changed = new HashSet<>();
  private boolean active;

  /**
   * @param size the size that decides
   */
  ShareQueue(ToLongFunction<Share> size) {
    this.size = size;
    for (Group group : Group.values()) {
      groups.put(group, new TreeSet<>(LARGEST_FIRST));
    }
  }

  /** A share has changed, appeared, or become empty. */
  void onChanged(Share share) {
    if (active) {
      changed.add(share);
    }
  }

  /**
   * The place of the first share of a group, or null.
   *
   * @param all the shares; the first call reads them
   */
  Place first(Group group, Collection<Share> all) {
    if (!active) {
      active = true;
      changed.addAll(all);
    }
    // A new share may take the place of an emptied one with its key, so all old places go first.
    changed.forEach(this::removePlace);
    changed.forEach(this::addPlace);
    changed.clear();
    TreeSet<Place> ofGroup = groups.get(group);
    return ofGroup.isEmpty() ? null : ofGroup.first();
  }

  private void removePlace(Share share) {
    Place place = places.remove(share);
    if (place != null) {
      groups.get(place.group).remove(place);
    }
  }

  private void addPlace(Share share) {
    if (!share.isEmpty()) {
      StoredEvent lowest = share.lowest();
      Place now =
          new Place(
              share,
              share.group,
              size.applyAsLong(share),
              lowest.retentionRank,
              Share.retentionTime(lowest));
      places.put(share, now);
      groups.get(now.group).add(now);
    }
  }
}
