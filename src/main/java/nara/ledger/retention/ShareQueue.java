package nara.ledger.retention;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import nara.ledger.index.StoredEvent;
import nara.ledger.retention.Share.Group;

/**
 * The shares of each group, the next to prune first: of the largest voucher set, the largest share.
 * A voucher set is all shares with one voucher, or one share without a voucher. Between shares of
 * one size, the lowest event decides.
 *
 * <p>It costs nothing until the first read. From then on, a changed share costs O(log n) at the
 * next read. Without reads it is dropped again.
 */
final class ShareQueue {
  /**
   * A share as it was at the last read, alone or as the first of its voucher set.
   *
   * @param amount of the share, or of its whole voucher set
   * @param size the part of the amount that counts
   */
  record Place(
      Share share,
      Group group,
      String voucher,
      long amount,
      long size,
      int lowestRank,
      long lowestTime) {}

  private static final Comparator<Place> LOWEST_FIRST =
      Comparator.comparingInt(Place::lowestRank)
          .thenComparingLong(Place::lowestTime)
          .thenComparing(place -> place.share.key());

  private static final Comparator<Place> SHARES =
      Comparator.comparingLong(Place::size).reversed().thenComparing(LOWEST_FIRST);

  /**
   * Between large voucher sets of one size, the lowest event must not decide: which share is a
   * set's first depends on how many it has, and so the result would depend on the order of arrival.
   * In a set of the size 0, the first share has the lowest event of all.
   */
  private static final Comparator<Place> VOUCHER_SETS =
      Comparator.comparingLong(Place::size)
          .reversed()
          .thenComparing((a, b) -> a.size > 0 ? 0 : LOWEST_FIRST.compare(a, b))
          .thenComparing(Place::voucher)
          .thenComparing(place -> place.share.key());

  private record VoucherSetKey(Group group, String voucher) {}

  /** The shares of one group with one voucher. */
  private static final class VoucherSet {
    final TreeSet<Place> shares = new TreeSet<>(SHARES);
    long amount;

    /** Its place among the voucher sets, or null. */
    Place place;
  }

  /** Changes without a read after which the queue is dropped, however few shares there are. */
  private static final int MAX_UNREAD_CHANGES = 1_000;

  private final int bit;
  private final ToLongFunction<Share> amount;
  private final long fairFrom;
  private final Map<Group, TreeSet<Place>> groups = new EnumMap<>(Group.class);
  private final Map<VoucherSetKey, VoucherSet> voucherSets = new HashMap<>();
  private final Map<Share, Place> places = new HashMap<>();
  private final List<Share> changed = new ArrayList<>();
  private final Set<VoucherSetKey> changedSets = new HashSet<>();
  private boolean active;

  /**
   * @param bit its own bit in {@link Share#changedIn}
   * @param amount what decides
   * @param fairFrom an amount up to which a share or a voucher set has the size 0
   */
  ShareQueue(int bit, ToLongFunction<Share> amount, long fairFrom) {
    this.bit = bit;
    this.amount = amount;
    this.fairFrom = fairFrom;
    for (Group group : Group.values()) {
      groups.put(group, new TreeSet<>(VOUCHER_SETS));
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
    voucherSets.clear();
    groups.values().forEach(TreeSet::clear);
  }

  /**
   * The place of the first share of the first voucher set of a group, or null.
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
    // All old places of voucher sets go first, too: a share may have moved from one set to another.
    changedSets.forEach(this::removeSetPlace);
    changedSets.forEach(this::addSetPlace);
    changedSets.clear();
    TreeSet<Place> ofGroup = groups.get(group);
    return ofGroup.isEmpty() ? null : ofGroup.first();
  }

  private void removePlace(Share share) {
    share.changedIn &= ~bit;
    Place place = places.remove(share);
    if (place == null) {
      return;
    }
    if (place.voucher.isEmpty()) {
      groups.get(place.group).remove(place);
      return;
    }
    VoucherSet set = changedSet(place);
    set.shares.remove(place);
    set.amount -= place.amount;
  }

  private void addPlace(Share share) {
    if (share.isEmpty()) {
      return;
    }
    Place place = placeOf(share, amount.applyAsLong(share));
    places.put(share, place);
    if (place.voucher.isEmpty()) {
      groups.get(place.group).add(place);
      return;
    }
    VoucherSet set = changedSet(place);
    set.shares.add(place);
    set.amount += place.amount;
  }

  private VoucherSet changedSet(Place place) {
    VoucherSetKey key = new VoucherSetKey(place.group, place.voucher);
    changedSets.add(key);
    return voucherSets.computeIfAbsent(key, k -> new VoucherSet());
  }

  private void removeSetPlace(VoucherSetKey key) {
    VoucherSet set = voucherSets.get(key);
    if (set.place != null) {
      groups.get(key.group).remove(set.place);
    }
  }

  private void addSetPlace(VoucherSetKey key) {
    VoucherSet set = voucherSets.get(key);
    if (set.shares.isEmpty()) {
      voucherSets.remove(key);
      return;
    }
    set.place = placeOf(set.shares.first().share, set.amount);
    groups.get(key.group).add(set.place);
  }

  private Place placeOf(Share share, long amount) {
    StoredEvent lowest = share.lowest();
    return new Place(
        share,
        share.group,
        share.voucher,
        amount,
        Math.max(0, amount - fairFrom),
        lowest.retentionRank,
        Share.retentionTime(lowest));
  }
}
