package nara.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import nara.reconcile.ListedItems.Item;
import nara.reconcile.Reconciliation.Step;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for any two sets, any frame and any bytes. */
class ReconciliationProperties {
  /** Far more than honest sides need for what is made here. */
  private static final int ROUNDS = 500;

  /** Two sets, as what both, only the one and only the other have. */
  record Two(List<Item> both, List<Item> mine, List<Item> theirs) {
    ListedItems own() {
      return ListedItems.of(both).with(mine);
    }

    ListedItems other() {
      return ListedItems.of(both).with(theirs);
    }

    @Override
    public String toString() {
      return both.size() + " of both, " + mine.size() + " mine, " + theirs.size() + " theirs";
    }
  }

  @Provide
  Arbitrary<Two> two() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 1_500),
            Arbitraries.integers().between(0, 400),
            Arbitraries.integers().between(0, 400),
            Arbitraries.longs().between(0, 50),
            Arbitraries.longs())
        .as(ReconciliationProperties::make);
  }

  private static Two make(int both, int mine, int theirs, long spread, long seed) {
    Random random = new Random(seed);
    long start = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 1_700_000_000_000_000_000L : -100;
    List<Item> all = new ArrayList<>();
    for (int i = 0; i < both + mine + theirs; i++) {
      // Many of one time, or few; never the time that is infinity.
      long time = spread == 0 ? start : start + random.nextLong(spread * (i + 1));
      all.add(ListedItems.hashed(time == Bound.INFINITY ? 0 : time, random.nextLong()));
    }
    return new Two(
        all.subList(0, both), all.subList(both, both + mine), all.subList(both + mine, all.size()));
  }

  @Property(tries = 150)
  void who_asks_learns_exactly_what_differs_whatever_the_frames(
      @ForAll("two") Two two,
      @ForAll @IntRange(min = Reconciliation.LEAST_FRAME, max = 60_000) int ownFrame,
      @ForAll @IntRange(min = Reconciliation.LEAST_FRAME, max = 60_000) int otherFrame)
      throws BadMessage {
    Set<ItemId> lacking = new HashSet<>();
    Set<ItemId> surplus = new HashSet<>();
    Optional<byte[]> message = Optional.of(Reconciliation.begin(two.own(), 0));
    int rounds = 0;
    while (message.isPresent()) {
      assertThat(message.get()).hasSizeLessThanOrEqualTo(ownFrame);
      byte[] answer = Reconciliation.answer(two.other(), message.get(), otherFrame);
      assertThat(answer).hasSizeLessThanOrEqualTo(otherFrame);
      Step step = Reconciliation.goOn(two.own(), answer, ownFrame);
      lacking.addAll(step.lacking());
      surplus.addAll(step.surplus());
      message = step.next();
      assertThat(++rounds).isLessThan(ROUNDS);
    }
    assertThat(lacking).isEqualTo(ids(two.theirs()));
    assertThat(surplus).isEqualTo(ids(two.mine()));
  }

  private static Set<ItemId> ids(Collection<Item> items) {
    return new HashSet<>(ListedItems.of(items).ids());
  }

  @Property(tries = 50)
  void what_is_older_than_asked_for_is_left_alone(@ForAll("two") Two two, @ForAll @IntRange int at)
      throws BadMessage {
    List<Item> all = two.own().with(two.theirs()).all();
    long since = all.isEmpty() ? 7 : all.get(Math.floorMod(at, all.size())).time();
    Set<ItemId> lacking = new HashSet<>();
    Optional<byte[]> message = Optional.of(Reconciliation.begin(two.own(), since));
    while (message.isPresent()) {
      byte[] answer = Reconciliation.answer(two.other(), message.get(), Reconciliation.LEAST_FRAME);
      Step step = Reconciliation.goOn(two.own(), answer, Reconciliation.LEAST_FRAME);
      lacking.addAll(step.lacking());
      message = step.next();
    }
    assertThat(lacking)
        .isEqualTo(
            ids(
                two.theirs().stream()
                    .filter(item -> Long.compareUnsigned(item.time(), since) >= 0)
                    .toList()));
  }

  @Property(tries = 20)
  void equal_sets_take_one_short_exchange(@ForAll @IntRange(max = 5_000) int count)
      throws BadMessage {
    ListedItems items = make(count, 0, 0, 1_000_000_000_000_000L, count).own();
    byte[] first = Reconciliation.begin(items, 0);
    byte[] answer = Reconciliation.answer(items, first, Reconciliation.LEAST_FRAME);

    assertThat(first.length).isLessThan(300);
    assertThat(answer).containsExactly(MessageWriter.VERSION);
    assertThat(Reconciliation.goOn(items, answer, Reconciliation.LEAST_FRAME).next()).isEmpty();
  }

  @Property(tries = 2_000)
  void any_bytes_are_answered_within_the_frame_or_refused_in_words(
      @ForAll byte[] bytes, @ForAll boolean begun, @ForAll("some") ListedItems items) {
    byte[] message = bytes.clone();
    if (begun && message.length > 0) {
      message[0] = MessageWriter.VERSION;
    }
    taken(items, message);
  }

  @Property(tries = 500)
  void spoilt_messages_are_answered_within_the_frame_or_refused_in_words(
      @ForAll("some") ListedItems items,
      @ForAll("some") ListedItems others,
      @ForAll int place,
      @ForAll byte change) {
    byte[] message = Reconciliation.begin(others, 0);
    message[Math.floorMod(place, message.length)] = change;
    taken(items, message);
    taken(items, Arrays.copyOf(message, Math.floorMod(place, message.length)));
  }

  private static void taken(ListedItems items, byte[] message) {
    try {
      assertThat(Reconciliation.answer(items, message, Reconciliation.LEAST_FRAME))
          .hasSizeLessThanOrEqualTo(Reconciliation.LEAST_FRAME);
      Step step = Reconciliation.goOn(items, message, Reconciliation.LEAST_FRAME);
      step.next()
          .ifPresent(next -> assertThat(next).hasSizeLessThanOrEqualTo(Reconciliation.LEAST_FRAME));
      assertThat(step.lacking().size()).isLessThanOrEqualTo(message.length / ItemId.BYTES);
      assertThat(step.surplus().size()).isLessThanOrEqualTo(items.size());
    } catch (BadMessage refused) {
      assertThat(refused).hasMessageContaining(" ");
    }
  }

  @Provide
  Arbitrary<ListedItems> some() {
    return Combinators.combine(Arbitraries.integers().between(0, 300), Arbitraries.longs())
        .as((count, seed) -> make(count, 0, 0, 5, seed).own());
  }
}
