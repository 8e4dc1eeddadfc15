package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
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
  void what_was_accepted_is_counted_for_the_last_terms() {
    for (long term = 1; term <= 20; term++) {
      terms.accepted(term);
    }
    terms.accepted(20);
    assertThat(terms.accepted()).hasSize(16).containsAllEntriesOf(Map.of(20L, 2L, 5L, 1L));
  }
}
