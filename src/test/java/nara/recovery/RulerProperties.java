package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nara.event.EventId;
import nara.mesh.MeshRequest.Stated;
import nara.recovery.Ruler.Mark;
import nara.recovery.Ruler.Span;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RulerProperties {
  @Property(tries = 100)
  void spans_cover_all_time_and_say_how_many_events_they_hold(
      @ForAll @IntRange(min = 1, max = 40_000) int events,
      @ForAll @IntRange(min = 1, max = 500) int perInstant,
      @ForAll @IntRange(min = 1, max = 9) int walkers) {
    List<Stated> ledger = ledger(events, perInstant);
    Ruler ruler = measured(ledger);
    Mark last = ruler.last().orElseThrow();

    List<Span> newestFirst = ruler.cut(last, walkers);

    assertThat(newestFirst.getFirst().end()).isEqualTo(last.ts());
    assertThat(newestFirst.getLast().after()).isEqualTo(Long.MIN_VALUE);
    for (int i = 0; i < newestFirst.size(); i++) {
      Span span = newestFirst.get(i);
      long held =
          ledger.stream().filter(e -> e.ts() > span.after() && e.ts() <= span.end()).count();
      assertThat(held).isGreaterThanOrEqualTo(span.events());
      if (perInstant == 1) {
        assertThat(held).isEqualTo(span.events()).isLessThan(5_000);
      }
      if (i > 0) {
        // The mark between two belongs to both.
        assertThat(span.end()).isEqualTo(newestFirst.get(i - 1).after() + 1);
      }
    }
  }

  @Property(tries = 100)
  void equals_share_all_and_one_event_more_anywhere_but_at_the_end_is_seen(
      @ForAll @IntRange(min = 2_000, max = 40_000) int events, @ForAll long seed) {
    List<Stated> ledger = ledger(events, 1);
    List<Stated> less = new ArrayList<>(ledger);
    less.remove(new SplittableRandom(seed).nextInt(events * 9 / 10));
    Ruler ruler = measured(ledger);

    assertThat(ruler.sharedWith(measured(ledger))).isEqualTo(ruler.last());
    assertThat(ruler.sharedWith(measured(less))).isEmpty();
  }

  @Property(tries = 100)
  void what_only_one_has_at_the_newest_end_leaves_them_equal_up_to_there(
      @ForAll @IntRange(min = 1_000, max = 40_000) int events,
      @ForAll @IntRange(min = 1, max = 50) int newer) {
    List<Stated> ledger = ledger(events, 1);

    Optional<Mark> shared =
        measured(ledger).sharedWith(measured(ledger.subList(0, events - newer)));

    assertThat(shared)
        .hasValueSatisfying(
            mark -> {
              assertThat(mark.rank()).isLessThan(events - newer).isGreaterThan(events - 100L);
              assertThat(mark.event()).isEqualTo(ledger.get((int) mark.rank()));
            });
  }

  private static List<Stated> ledger(int events, int perInstant) {
    List<Stated> ledger = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      ledger.add(new Stated(1_000L * (i / perInstant), new EventId(i, i)));
    }
    return ledger;
  }

  private static Ruler measured(List<Stated> ledger) {
    List<Stated> coarse = new ArrayList<>();
    for (int i = 0; i < ledger.size(); i += Ruler.STEP) {
      coarse.add(ledger.get(i));
    }
    List<Stated> fine = new ArrayList<>();
    long from = coarse.get(Math.max(0, coarse.size() - 2)).ts();
    List<Stated> after = ledger.stream().filter(e -> e.ts() > from).toList();
    for (int i = 0; i < after.size(); i += Ruler.FINE) {
      fine.add(after.get(i));
    }
    return Ruler.of(coarse).with(fine);
  }
}
