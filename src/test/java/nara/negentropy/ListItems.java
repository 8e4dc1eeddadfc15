package nara.negentropy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;

/** Items in a sorted list, with sums computed on demand. */
final class ListItems implements Items {
  record Item(long time, ItemId id) {}

  private static final Comparator<Item> ORDER =
      ((Comparator<Item>) (a, b) -> Long.compareUnsigned(a.time(), b.time()))
          .thenComparing(Item::id);

  private final List<Item> items;

  private ListItems(List<Item> items) {
    this.items = items;
  }

  static ListItems of(Collection<Item> items) {
    return new ListItems(items.stream().distinct().sorted(ORDER).toList());
  }

  /** An item with the hash of a number as id. */
  static Item hashed(long time, long number) {
    try {
      byte[] text = ("item " + number).getBytes(StandardCharsets.UTF_8);
      return new Item(time, ItemId.of(MessageDigest.getInstance("SHA-256").digest(text), 0));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  static ItemId id(String hex) {
    return ItemId.of(HexFormat.of().parseHex(hex), 0);
  }

  static String hex(ItemId id) {
    return HexFormat.of().formatHex(id.bytes());
  }

  ListItems with(Collection<Item> more) {
    List<Item> all = new ArrayList<>(items);
    all.addAll(more);
    return of(all);
  }

  List<Item> all() {
    return items;
  }

  List<ItemId> ids() {
    return items.stream().map(Item::id).toList();
  }

  @Override
  public String toString() {
    return items.size() + " items";
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public long timestamp(int rank) {
    return items.get(rank).time();
  }

  @Override
  public ItemId id(int rank) {
    return items.get(rank).id();
  }

  @Override
  public int countBelow(Bound bound) {
    int count = 0;
    while (count < items.size() && bound.isAbove(items.get(count).time(), items.get(count).id())) {
      count++;
    }
    return count;
  }

  @Override
  public IdSum sum(int from, int to) {
    IdSum sum = new IdSum();
    items.subList(from, to).forEach(item -> sum.add(item.id()));
    return sum;
  }

  @Override
  public void visit(int from, int to, Predicate<ItemId> wanted) {
    for (int i = from; i < to && wanted.test(items.get(i).id()); i++) {}
  }
}
