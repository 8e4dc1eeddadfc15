package nara.ledger.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import nara.event.Event;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.TestEvents;
import nara.negentropy.Bound;
import nara.negentropy.IdSum;
import nara.negentropy.ItemId;
import nara.negentropy.Items;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Compares the hash index with the visible events after many changes. */
class HashIndexProperties {
  private record Item(long time, ItemId id, Event event) {}

  @Property(tries = 40)
  void hash_index_matches_the_ledger_after_all_changes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 900) int maximum,
      @ForAll @IntRange(min = 1, max = 60) int spread)
      throws Exception {
    Random random = new Random(seed);
    Ledger ledger = new Ledger(LedgerConfig.ofSize(maximum), name -> Standing.ESTABLISHED);
    for (int batch = 0; batch < 12; batch++) {
      List<JudgedEvent> events = new ArrayList<>();
      for (int i = random.nextInt(300); i > 0; i--) {
        // Few times, some before 1970, and sometimes other bytes for the same event.
        long ts = (random.nextInt(spread) - 3) * TestEvents.SECOND;
        String form = random.nextInt(5) == 0 ? "e" + random.nextInt(9) : "";
        events.add(TestEvents.unsigned(event(ts, form, random.nextInt(400))));
      }
      ledger.merge(events);
      if (random.nextInt(3) > 0) {
        check(ledger, random);
      }
    }
    check(ledger, random);
  }

  private static Event event(long ts, String form, int number) {
    return TestEvents.event(ts, form, new Social("tease", "a", "", "t" + number, "", "", ""));
  }

  private static void check(Ledger ledger, Random random) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    List<Item> expected = new ArrayList<>();
    for (Event event : ledger.export()) {
      ItemId id = ItemId.of(sha256.digest(event.json()), 0);
      expected.add(new Item(Math.max(0, event.ts()), id, event));
    }
    expected.sort(Comparator.comparingLong(Item::time).thenComparing(Item::id));
    HashIndex index = ledger.hashIndex();

    assertThat(index.size()).isEqualTo(expected.size());
    for (int rank = 0; rank < expected.size(); rank++) {
      Item item = expected.get(rank);
      assertThat(index.id(rank)).isEqualTo(item.id());
      assertThat(index.timestamp(rank)).isEqualTo(item.time());
      assertThat(index.get(item.id()).event()).isSameAs(item.event());
      assertThat(index.countBelow(new Bound(item.time(), item.id(), ItemId.BYTES))).isEqualTo(rank);
    }
    for (int i = 0; i < 10; i++) {
      int from = random.nextInt(expected.size() + 1);
      int to = from + random.nextInt(expected.size() - from + 1);
      IdSum sum = new IdSum();
      List<ItemId> walked = new ArrayList<>();
      expected.subList(from, to).forEach(item -> sum.add(item.id()));
      index.visit(from, to, walked::add);
      assertThat(index.sum(from, to).fingerprint(to - from)).isEqualTo(sum.fingerprint(to - from));
      assertThat(walked).isEqualTo(expected.subList(from, to).stream().map(Item::id).toList());
    }
    assertThat(index.get(ItemId.of(new byte[ItemId.BYTES], 0))).isNull();
  }

  @Test
  void hash_index_is_dropped_when_unused_and_rebuilt_on_demand() throws Exception {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(100_000), name -> Standing.ESTABLISHED);
    ledger.merge(List.of(TestEvents.unsigned(event(TestEvents.SECOND, "", 1))));
    Items before = ledger.hashIndex();
    assertThat(before.size()).isEqualTo(1);
    List<JudgedEvent> many = new ArrayList<>();
    for (int i = 0; i < 25_000; i++) {
      many.add(new JudgedEvent(event(i * TestEvents.SECOND + 1, "", i), Verdict.UNSIGNED));
    }
    ledger.merge(many);

    check(ledger, new Random(1));
    ledger.merge(List.of(TestEvents.unsigned(event(7, "", 7))));
    check(ledger, new Random(2));
  }
}
