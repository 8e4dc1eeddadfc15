package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nara.event.EventId;
import nara.mesh.client.MeshRequest.EventRef;
import nara.recovery.pages.LedgerSketch.SketchPoint;
import nara.recovery.pages.LedgerSketch.TimeRange;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LedgerSketchProperties {
  @Property(tries = 100)
  void spans_cover_all_time_and_say_how_many_events_they_hold(
      @ForAll @IntRange(min = 1, max = 40_000) int events,
      @ForAll @IntRange(min = 1, max = 500) int perInstant,
      @ForAll @IntRange(min = 1, max = 9) int walkers) {
    List<EventRef> ledger = ledger(events, perInstant);
    LedgerSketch sketch = measured(ledger);
    SketchPoint last = sketch.lastPoint().orElseThrow();

    List<TimeRange> newestFirst = sketch.splitIntoRanges(last, walkers);

    assertThat(newestFirst.getFirst().end()).isEqualTo(last.ts());
    assertThat(newestFirst.getLast().after()).isEqualTo(Long.MIN_VALUE);
    for (int i = 0; i < newestFirst.size(); i++) {
      TimeRange range = newestFirst.get(i);
      long held =
          ledger.stream().filter(e -> e.ts() > range.after() && e.ts() <= range.end()).count();
      assertThat(held).isGreaterThanOrEqualTo(range.minEvents());
      if (perInstant == 1) {
        assertThat(held).isEqualTo(range.minEvents()).isLessThan(5_000);
      }
      if (i > 0) {
        // The mark between two belongs to both.
        assertThat(range.end()).isEqualTo(newestFirst.get(i - 1).after() + 1);
      }
    }
  }

  @Property(tries = 100)
  void equal_sketches_match_and_one_extra_event_is_detected(
      @ForAll @IntRange(min = 2_000, max = 40_000) int events, @ForAll long seed) {
    List<EventRef> ledger = ledger(events, 1);
    List<EventRef> less = new ArrayList<>(ledger);
    less.remove(new SplittableRandom(seed).nextInt(events * 9 / 10));
    LedgerSketch sketch = measured(ledger);

    assertThat(sketch.lastPointSharedWith(measured(ledger))).isEqualTo(sketch.lastPoint());
    assertThat(sketch.lastPointSharedWith(measured(less))).isEmpty();
  }

  @Property(tries = 100)
  void sketches_match_before_newer_unique_events(
      @ForAll @IntRange(min = 1_000, max = 40_000) int events,
      @ForAll @IntRange(min = 1, max = 50) int newer) {
    List<EventRef> ledger = ledger(events, 1);

    Optional<SketchPoint> shared =
        measured(ledger).lastPointSharedWith(measured(ledger.subList(0, events - newer)));

    assertThat(shared)
        .hasValueSatisfying(
            point -> {
              assertThat(point.rank()).isLessThan(events - newer).isGreaterThan(events - 100L);
              assertThat(point.event()).isEqualTo(ledger.get((int) point.rank()));
            });
  }

  private static List<EventRef> ledger(int events, int perInstant) {
    List<EventRef> ledger = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      ledger.add(new EventRef(1_000L * (i / perInstant), new EventId(i, i)));
    }
    return ledger;
  }

  private static LedgerSketch measured(List<EventRef> ledger) {
    List<EventRef> coarse = new ArrayList<>();
    for (int i = 0; i < ledger.size(); i += PagesLimits.COARSE_STEP) {
      coarse.add(ledger.get(i));
    }
    List<EventRef> fine = new ArrayList<>();
    long from = coarse.get(Math.max(0, coarse.size() - 2)).ts();
    List<EventRef> after = ledger.stream().filter(e -> e.ts() > from).toList();
    for (int i = 0; i < after.size(); i += PagesLimits.FINE_STEP) {
      fine.add(after.get(i));
    }
    return LedgerSketch.ofCoarse(coarse).withFine(fine);
  }
}
