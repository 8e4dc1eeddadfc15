package nara.ledger.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Seen;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.TestEvents;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EventVariantsTest {
  private static final FormOrder ORDER = new FormOrder("", name -> Standing.KNOWN);

  private final List<StoredEvent> shown = new ArrayList<>();
  private final EventVariants variants = new EventVariants(ORDER, shown::add, shown::remove);

  /** A restart by this observer. The observer is not under the id, so each gives a variant. */
  private static StoredEvent restart(String observer, String emitterId, Verdict verdict) {
    return StoredEvent.of(
        TestEvents.event(
            1,
            emitterId,
            new Observation(
                observer, "", "lisa", "", Observation.RESTART, 3, false, 7, 1, 0, "", "", 0)),
        verdict);
  }

  @Test
  void first_variant_of_an_id_is_visible() {
    StoredEvent only = restart("a", "", Verdict.UNSIGNED);

    assertThat(variants.add(only)).isTrue();

    assertThat(variants.isVisible(only)).isTrue();
    assertThat(variants.visible(only.event().id())).isSameAs(only);
    assertThat(variants.variantOf(only.event())).isSameAs(only);
    assertThat(variants.size()).isEqualTo(1);
    assertThat(shown).containsExactly(only);
  }

  @Test
  void better_verdict_is_visible_whichever_variant_comes_first() {
    StoredEvent unsigned = restart("a", "", Verdict.UNSIGNED);
    StoredEvent valid = restart("b", "longer", Verdict.VALID);
    assertThat(unsigned.event().id()).isEqualTo(valid.event().id());

    assertThat(variants.add(unsigned)).isTrue();
    assertThat(variants.add(valid)).isFalse();
    assertThat(shown).containsExactly(valid);

    variants.remove(unsigned);
    variants.add(unsigned);
    assertThat(shown).containsExactly(valid);
    assertThat(EventVariants.allOf(valid)).containsExactly(valid, unsigned);
    assertThat(variants.size()).isEqualTo(1);
  }

  @Test
  void next_variant_is_visible_after_the_best_was_removed() {
    StoredEvent best = restart("a", "", Verdict.VALID);
    StoredEvent middle = restart("b", "", Verdict.UNSIGNED);
    StoredEvent worst = restart("c", "", Verdict.UNSIGNED);
    List.of(worst, best, middle).forEach(variants::add);

    variants.remove(middle);
    assertThat(shown).containsExactly(best);
    variants.remove(best);
    assertThat(shown).containsExactly(worst);
    variants.remove(worst);
    assertThat(shown).isEmpty();
    assertThat(variants.size()).isZero();
    assertThat(variants.visible(worst.event().id())).isNull();
  }

  @Test
  void copy_replaces_its_variant_only_when_it_is_better() {
    StoredEvent stored = restart("a", "x", Verdict.UNSIGNED);
    variants.add(stored);
    Event larger = restart("a", "y", Verdict.UNSIGNED).event();
    Event smaller = restart("a", "w", Verdict.UNSIGNED).event();

    assertThat(variants.variantOf(larger)).isSameAs(stored);
    assertThat(variants.replace(stored, StoredEvent.of(larger, Verdict.UNSIGNED))).isFalse();
    assertThat(variants.replace(stored, StoredEvent.of(smaller, Verdict.UNSIGNED))).isTrue();
    assertThat(stored.event()).isSameAs(smaller);
    assertThat(variants.replace(stored, StoredEvent.of(larger, Verdict.VALID))).isTrue();
    assertThat(stored.event()).isSameAs(larger);
    assertThat(stored.verdict()).isEqualTo(Verdict.VALID);
    assertThat(shown).containsExactly(stored);
  }

  @Test
  void replaced_variant_is_visible_when_it_outranks_the_others() {
    StoredEvent first = restart("a", "", Verdict.UNSIGNED);
    StoredEvent second = restart("b", "", Verdict.UNSIGNED);
    List.of(first, second).forEach(variants::add);
    assertThat(variants.isVisible(first)).isTrue();

    variants.replace(second, restart("b", "signed", Verdict.VALID));

    assertThat(shown).containsExactly(second);
    assertThat(EventVariants.allOf(second)).containsExactly(second, first);
  }

  @Test
  void event_of_another_id_has_no_variant() {
    variants.add(restart("a", "", Verdict.VALID));

    Event other = TestEvents.event(1, new Seen("a", "", "lisa", "", "mesh"));
    assertThat(variants.variantOf(other)).isNull();
    assertThat(variants.visible(other.id())).isNull();
  }

  @Property(tries = 300)
  void best_variant_of_each_id_is_visible_after_any_changes(@ForAll Random random) {
    // jqwik keeps this object for all tries.
    List<StoredEvent> shown = new ArrayList<>();
    EventVariants variants = new EventVariants(ORDER, shown::add, shown::remove);
    List<StoredEvent> stored = new ArrayList<>();
    for (int step = 0; step < 60; step++) {
      if (!stored.isEmpty() && random.nextInt(3) == 0) {
        variants.remove(stored.remove(random.nextInt(stored.size())));
        continue;
      }
      Verdict verdict = random.nextBoolean() ? Verdict.VALID : Verdict.UNSIGNED;
      StoredEvent offered = restart("o" + random.nextInt(5), "e" + random.nextInt(4), verdict);
      StoredEvent same = variants.variantOf(offered.event());
      if (same == null) {
        assertThat(variants.add(offered)).isEqualTo(stored.isEmpty());
        stored.add(offered);
      } else {
        variants.replace(same, offered);
      }
    }

    Comparator<StoredEvent> byRank = ORDER::compare;
    assertThat(shown).isEqualTo(stored.stream().min(byRank).map(List::of).orElse(List.of()));
    if (!stored.isEmpty()) {
      assertThat(EventVariants.allOf(shown.getFirst()))
          .containsExactlyElementsOf(stored.stream().sorted(byRank).toList());
    }
  }
}
