package nara.ledger.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import nara.event.Seen;
import nara.event.Verdict;
import nara.ledger.TestEvents;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SortedIndexProperties {
  private static final Comparator<StoredEvent> BY_TIME =
      (a, b) -> StoredEvent.compare(a.event(), b.event());

  @Property(tries = 100)
  void sorted_index_behaves_like_a_sorted_set(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 3_000) int size,
      @ForAll @IntRange(min = 1, max = 100_000) int times) {
    SortedIndex index = new SortedIndex(EventOrder.BY_TIME);
    TreeSet<StoredEvent> expected = new TreeSet<>(BY_TIME);
    List<StoredEvent> held = new ArrayList<>();
    boolean ascending = random.nextBoolean();
    for (int i = 0; i < size; i++) {
      StoredEvent one = held(ascending ? i : random.nextInt(times), i);
      index.add(one);
      expected.add(one);
      held.add(one);
    }
    assertSame(index, expected, random, times);

    int left = random.nextInt(size + 1);
    boolean oldestFirst = random.nextBoolean();
    while (expected.size() > left) {
      StoredEvent gone = oldestFirst ? index.first() : held.remove(random.nextInt(held.size()));
      index.remove(gone);
      expected.remove(gone);
    }
    assertSame(index, expected, random, times);
    for (int i = 0; i < 300; i++) {
      StoredEvent one = held(random.nextInt(times), size + i);
      index.add(one);
      expected.add(one);
    }
    assertSame(index, expected, random, times);
  }

  @Property(tries = 100)
  void skipping_passes_over_as_many_events_as_iterating(
      @ForAll Random random,
      @ForAll @IntRange(min = 0, max = 2_000) int size,
      @ForAll @IntRange(min = 0, max = 2) int others,
      @ForAll @IntRange(min = 0, max = 500) int skipped) {
    List<SortedIndex> indexes = new ArrayList<>(List.of(new SortedIndex(EventOrder.BY_TIME)));
    for (int i = 0; i < others; i++) {
      indexes.add(new SortedIndex(EventOrder.BY_TIME));
    }
    for (int i = 0; i < size; i++) {
      StoredEvent one = held(random.nextInt(1_000), i);
      int in = random.nextInt(indexes.size());
      indexes.get(in).add(one);
      if (in > 0 && random.nextBoolean()) {
        indexes.getFirst().add(one);
      }
    }
    MergeCursor iterating = MergeCursor.descending(indexes);
    MergeCursor skipping = MergeCursor.descending(indexes);
    while (iterating.hasNext()) {
      assertThat(skipping.next()).isSameAs(iterating.next());
      for (int i = 0; i < skipped && iterating.hasNext(); i++) {
        iterating.next();
      }
      skipping.skip(skipped);
      assertThat(skipping.current()).isSameAs(iterating.current());
    }
    assertThat(skipping.hasNext()).isFalse();
  }

  private static void assertSame(
      SortedIndex index, TreeSet<StoredEvent> expected, Random random, int times) {
    List<StoredEvent> sorted = List.copyOf(expected);
    assertThat(index.size()).isEqualTo(sorted.size());
    assertThat(index.isEmpty()).isEqualTo(sorted.isEmpty());
    assertThat(index.first()).isSameAs(sorted.isEmpty() ? null : sorted.getFirst());
    assertThat(index).containsExactlyElementsOf(sorted);
    assertThat(index.stream()).containsExactlyElementsOf(sorted);
    assertThat(index.descending()).containsExactlyElementsOf(sorted.reversed());
    for (int i = 0; i < 50; i++) {
      if (!sorted.isEmpty()) {
        int rank = random.nextInt(sorted.size());
        assertThat(index.get(rank)).isSameAs(sorted.get(rank));
        assertThat(index.cursor(rank))
            .toIterable()
            .containsExactlyElementsOf(sorted.subList(rank, sorted.size()));
      }
      long limit = random.nextInt(times + 2) - 1;
      long below = sorted.stream().filter(event -> event.event().ts() <= limit).count();
      assertThat(index.rankAfter(limit)).isEqualTo((int) below);
    }
    assertThat(index.cursor(sorted.size()).current()).isNull();
    assertThat(index.cursor(-1).current()).isNull();
  }

  @Example
  void removal_of_an_event_that_the_index_does_not_contain_fails() {
    SortedIndex index = new SortedIndex(EventOrder.BY_TIME);
    index.add(held(1, 1));

    assertThatThrownBy(() -> index.remove(held(1, 2))).isInstanceOf(IllegalStateException.class);
  }

  private static StoredEvent held(long ts, int number) {
    return StoredEvent.of(
        TestEvents.event(ts, new Seen("a", "", "b", "", "way-" + number)), Verdict.UNSIGNED);
  }
}
