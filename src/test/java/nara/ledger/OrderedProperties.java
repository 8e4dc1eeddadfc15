package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import nara.event.Seen;
import nara.event.Verdict;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OrderedProperties {
  private static final Comparator<Held> BY_TIME = (a, b) -> Held.compare(a.event(), b.event());

  @Property(tries = 100)
  void it_behaves_like_a_sorted_set_however_it_grows_and_shrinks(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 3_000) int size,
      @ForAll @IntRange(min = 1, max = 100_000) int times) {
    Ordered ordered = Ordered.byTime();
    TreeSet<Held> expected = new TreeSet<>(BY_TIME);
    List<Held> held = new ArrayList<>();
    boolean ascending = random.nextBoolean();
    for (int i = 0; i < size; i++) {
      Held one = held(ascending ? i : random.nextInt(times), i);
      ordered.add(one);
      expected.add(one);
      held.add(one);
    }
    assertSame(ordered, expected, random, times);

    int left = random.nextInt(size + 1);
    boolean oldestFirst = random.nextBoolean();
    while (expected.size() > left) {
      Held gone = oldestFirst ? ordered.first() : held.remove(random.nextInt(held.size()));
      ordered.remove(gone);
      expected.remove(gone);
    }
    assertSame(ordered, expected, random, times);
    for (int i = 0; i < 300; i++) {
      Held one = held(random.nextInt(times), size + i);
      ordered.add(one);
      expected.add(one);
    }
    assertSame(ordered, expected, random, times);
  }

  private static void assertSame(
      Ordered ordered, TreeSet<Held> expected, Random random, int times) {
    List<Held> sorted = List.copyOf(expected);
    assertThat(ordered.size()).isEqualTo(sorted.size());
    assertThat(ordered.isEmpty()).isEqualTo(sorted.isEmpty());
    assertThat(ordered.first()).isSameAs(sorted.isEmpty() ? null : sorted.getFirst());
    assertThat(ordered.last()).isSameAs(sorted.isEmpty() ? null : sorted.getLast());
    assertThat(forward(ordered)).isEqualTo(sorted);
    assertThat(back(ordered)).isEqualTo(sorted.reversed());
    for (int i = 0; i < 50; i++) {
      if (!sorted.isEmpty()) {
        int rank = random.nextInt(sorted.size());
        assertThat(ordered.get(rank)).isSameAs(sorted.get(rank));
      }
      long limit = random.nextInt(times + 2) - 1;
      long below = sorted.stream().filter(held -> held.event().ts() <= limit).count();
      assertThat(ordered.rankAfter(limit)).isEqualTo((int) below);
    }
    assertThat(ordered.cursor(sorted.size()).held()).isNull();
    assertThat(ordered.cursor(-1).held()).isNull();
  }

  private static List<Held> forward(Ordered ordered) {
    List<Held> walked = new ArrayList<>();
    Ordered.Cursor cursor = ordered.cursor(0);
    for (Held held = cursor.held(); held != null; held = cursor.held()) {
      walked.add(held);
      cursor.forward();
    }
    return walked;
  }

  private static List<Held> back(Ordered ordered) {
    List<Held> walked = new ArrayList<>();
    Ordered.Cursor cursor = ordered.cursor(ordered.size() - 1);
    for (Held held = cursor.held(); held != null; held = cursor.held()) {
      walked.add(held);
      cursor.back();
    }
    return walked;
  }

  @Example
  void taking_out_what_is_not_in_it_is_a_defect_that_is_told() {
    Ordered ordered = Ordered.byTime();
    ordered.add(held(1, 1));

    assertThatThrownBy(() -> ordered.remove(held(1, 2))).isInstanceOf(IllegalStateException.class);
  }

  private static Held held(long ts, int number) {
    return new Held(Made.event(ts, new Seen("a", "", "b", "", "way-" + number)), Verdict.UNSIGNED);
  }
}
