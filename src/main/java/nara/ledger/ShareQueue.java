package nara.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import nara.ledger.Share.Group;
import nara.ledger.index.StoredEvent;

/**
 * The shares of each group, the largest first. Between shares of one size, the share with the
 * lowest event comes first.
 *
 * <p>It costs nothing until the first read. From then on, a changed share costs O(log n) at the
 * next read. Without reads it is dropped again.
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

  /** Changes without a read after which the queue is dropped, however few shares there are. */
  private static final int MAX_UNREAD_CHANGES = 1_000;

  private final int bit;
  private final ToLongFunction<Share> size;
  private final Map<Group, TreeSet<Place>> groups = new EnumMap<>(Group.class);
  private final Map<Share, Place> places = new HashMap<>();
  private final List<Share> changed = new ArrayList<>();
  private boolean active;

  /**
   * @param bit its own bit in {@link Share#changedIn}
   * @param size the size that decides
   */
  ShareQueue(int bit, ToLongFunction<Share> size) {
    this.bit = bit;
    this.size = size;
    for (Group group : Group.values()) {
      groups.put(group, new TreeSet<>(LARGEST_FIRST));
    }
  }

  /** A share has changed, appeared, or become empty. */
  void onChanged(Share share) {
    if (!active || (share.changedIn & bit) != 0) {
      return;
    }
    share.changedIn |= bit;
    changed.add(share);
    if (changed.size() > MAX_UNREAD_CHANGES + places.size()) {
      drop();
    }
  }

  /** Forgets all places; the next read builds them again. */
  private void drop() {
    active = false;
    changed.forEach(share -> share.changedIn &= ~bit);
    changed.clear();
    places.clear();
    groups.values().forEach(TreeSet::clear);
  }

  /**
   * The place of the first share of a group, or null.
   *
   * @param all the shares; read when there are no places yet
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
    share.changedIn &= ~bit;
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
