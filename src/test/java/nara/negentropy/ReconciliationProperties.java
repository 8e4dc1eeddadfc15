package nara.negentropy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import nara.negentropy.ListItems.Item;
import nara.negentropy.Reconciliation.RoundResult;
import nara.testing.Altered;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Properties for any two sets, any message limit and any bytes. */
class ReconciliationProperties {
  /** Far more rounds than two honest sides need for these sets. */
  private static final int ROUNDS = 500;

  /** Two sets: the items of both, of this side only, and of the other side only. */
  record TwoSets(List<Item> both, List<Item> mine, List<Item> theirs) {
    ListItems own() {
      return ListItems.of(both).with(mine);
    }

    ListItems other() {
      return ListItems.of(both).with(theirs);
    }

    @Override
    public String toString() {
      return both.size() + " of both, " + mine.size() + " mine, " + theirs.size() + " theirs";
    }
  }

  @Provide
  Arbitrary<TwoSets> two() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 1_500),
            Arbitraries.integers().between(0, 400),
            Arbitraries.integers().between(0, 400),
            Arbitraries.longs().between(0, 50),
            Arbitraries.longs())
        .as(ReconciliationProperties::make);
  }

  private static TwoSets make(int both, int mine, int theirs, long spread, long seed) {
    Random random = new Random(seed);
    long start = seed % 3 == 0 ? 0 : seed % 3 == 1 ? 1_700_000_000_000_000_000L : -100;
    List<Item> all = new ArrayList<>();
    for (int i = 0; i < both + mine + theirs; i++) {
      // Few or many equal timestamps, but never infinity.
      long time = spread == 0 ? start : start + random.nextLong(spread * (i + 1));
      all.add(ListItems.hashed(time == Bound.INFINITY ? 0 : time, random.nextLong()));
    }
    return new TwoSets(
        all.subList(0, both), all.subList(both, both + mine), all.subList(both + mine, all.size()));
  }

  @Property(tries = 150)
  void initiator_learns_exact_difference_at_any_frame_size(
      @ForAll("two") TwoSets sets,
      @ForAll @IntRange(min = Reconciliation.MIN_MESSAGE_BYTES, max = 60_000) int ownFrame,
      @ForAll @IntRange(min = Reconciliation.MIN_MESSAGE_BYTES, max = 60_000) int otherFrame)
      throws MalformedMessageException {
    Set<ItemId> lacking = new HashSet<>();
    Set<ItemId> surplus = new HashSet<>();
    Optional<byte[]> message = Optional.of(Reconciliation.initiate(sets.own(), 0));
    int rounds = 0;
    while (message.isPresent()) {
      assertThat(message.get()).hasSizeLessThanOrEqualTo(ownFrame);
      byte[] answer = Reconciliation.respond(sets.other(), message.get(), otherFrame);
      assertThat(answer).hasSizeLessThanOrEqualTo(otherFrame);
      RoundResult result = Reconciliation.handleResponse(sets.own(), answer, ownFrame);
      lacking.addAll(result.missing());
      surplus.addAll(result.surplus());
      message = result.nextMessage();
      assertThat(++rounds).isLessThan(ROUNDS);
    }
    assertThat(lacking).isEqualTo(ids(sets.theirs()));
    assertThat(surplus).isEqualTo(ids(sets.mine()));
  }

  private static Set<ItemId> ids(Collection<Item> items) {
    return new HashSet<>(ListItems.of(items).ids());
  }

  @Property(tries = 50)
  void items_before_the_requested_time_are_ignored(
      @ForAll("two") TwoSets sets, @ForAll @IntRange int at) throws MalformedMessageException {
    List<Item> all = sets.own().with(sets.theirs()).all();
    long since = all.isEmpty() ? 7 : all.get(Math.floorMod(at, all.size())).time();
    Set<ItemId> lacking = new HashSet<>();
    Optional<byte[]> message = Optional.of(Reconciliation.initiate(sets.own(), since));
    while (message.isPresent()) {
      byte[] answer =
          Reconciliation.respond(sets.other(), message.get(), Reconciliation.MIN_MESSAGE_BYTES);
      RoundResult result =
          Reconciliation.handleResponse(sets.own(), answer, Reconciliation.MIN_MESSAGE_BYTES);
      lacking.addAll(result.missing());
      message = result.nextMessage();
    }
    assertThat(lacking)
        .isEqualTo(
            ids(
                sets.theirs().stream()
                    .filter(item -> Long.compareUnsigned(item.time(), since) >= 0)
                    .toList()));
  }

  @Property(tries = 20)
  void equal_sets_take_one_short_exchange(@ForAll @IntRange(max = 5_000) int count)
      throws MalformedMessageException {
    ListItems items = make(count, 0, 0, 1_000_000_000_000_000L, count).own();
    byte[] first = Reconciliation.initiate(items, 0);
    byte[] answer = Reconciliation.respond(items, first, Reconciliation.MIN_MESSAGE_BYTES);

    assertThat(first.length).isLessThan(300);
    assertThat(answer).containsExactly(MessageWriter.VERSION);
    assertThat(
            Reconciliation.handleResponse(items, answer, Reconciliation.MIN_MESSAGE_BYTES)
                .nextMessage())
        .isEmpty();
  }

  @Property(tries = 2_000)
  void any_bytes_are_answered_within_the_frame_or_rejected(
      @ForAll byte[] bytes, @ForAll boolean begun, @ForAll("some") ListItems items) {
    byte[] message = bytes.clone();
    if (begun && message.length > 0) {
      message[0] = MessageWriter.VERSION;
    }
    taken(items, message);
  }

  @Property(tries = 500)
  void altered_messages_are_answered_within_the_frame_or_rejected(
      @ForAll("some") ListItems items,
      @ForAll("some") ListItems others,
      @ForAll int place,
      @ForAll @IntRange(min = 1, max = 255) int flipped) {
    byte[] message = Reconciliation.initiate(others, 0);
    int at = Math.floorMod(place, message.length);
    taken(items, Altered.byteAt(message, at, flipped));
    taken(items, Arrays.copyOf(message, at));
  }

  private static void taken(ListItems items, byte[] message) {
    try {
      assertThat(Reconciliation.respond(items, message, Reconciliation.MIN_MESSAGE_BYTES))
          .hasSizeLessThanOrEqualTo(Reconciliation.MIN_MESSAGE_BYTES);
      RoundResult result =
          Reconciliation.handleResponse(items, message, Reconciliation.MIN_MESSAGE_BYTES);
      result
          .nextMessage()
          .ifPresent(
              next -> assertThat(next).hasSizeLessThanOrEqualTo(Reconciliation.MIN_MESSAGE_BYTES));
      assertThat(result.missing().size()).isLessThanOrEqualTo(message.length / ItemId.BYTES);
      assertThat(result.surplus().size()).isLessThanOrEqualTo(items.size());
    } catch (MalformedMessageException refused) {
      assertThat(refused).hasMessageContaining(" ");
    }
  }

  @Provide
  Arbitrary<ListItems> some() {
    return Combinators.combine(Arbitraries.integers().between(0, 300), Arbitraries.longs())
        .as((count, seed) -> make(count, 0, 0, 5, seed).own());
  }
}
