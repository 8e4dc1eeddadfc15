package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TermsTest {
  private final Terms terms = new Terms();

  @Test
  void a_term_is_admitted_until_a_higher_one_was_seen() {
    assertThat(terms.admit(3)).isTrue();
    assertThat(terms.admit(3)).isTrue();
    terms.saw(4);
    assertThat(terms.admit(3)).isFalse();
    assertThat(terms.highest()).isEqualTo(4);
    assertThat(terms.refused()).isEqualTo(1);
  }

  @Test
  void the_term_of_a_lease_counts_when_somebody_has_led_by_it() {
    terms.saw(Optional.of(new Lease(3, 0, "one", "one")));
    assertThat(terms.highest()).isZero();
    terms.saw(Optional.of(new Lease(3, 0, "one", "one").renewed()));
    assertThat(terms.highest()).isEqualTo(3);
    terms.saw(Optional.of(new Lease(4, 0, "one", "one").released()));
    assertThat(terms.highest()).isEqualTo(4);
    terms.saw(Optional.empty());
    assertThat(terms.highest()).isEqualTo(4);
  }

  @Test
  void what_was_accepted_is_counted_for_the_last_terms() {
    for (long term = 1; term <= 20; term++) {
      terms.accepted(term);
    }
    terms.accepted(20);
    assertThat(terms.accepted()).hasSize(16).containsAllEntriesOf(Map.of(20L, 2L, 5L, 1L));
  }
}
