package nara.opinion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.LedgerRequest.Opinion;
import org.junit.jupiter.api.Test;

class OpinionsTest {
  private static final Derived LISA =
      new Derived("lisa", 1, 2, 3, "", "ONLINE", new Opinion(3, 1, 0));

  private final Opinions none = Opinions.none(2);

  @Test
  void nothing_forms_before_the_recovery_is_done() {
    Opinions early = none.formed(Map.of("lisa", LISA), 100);

    assertThat(early).isEqualTo(none);
    assertThat(early.more()).isFalse();
    assertThat(early.of("lisa").formed()).isFalse();
    assertThat(early.everybody().bySubject()).isEmpty();
  }

  @Test
  void the_last_pass_is_what_is_thought() {
    Opinions formed = none.begin().formed(Map.of(), 100).formed(Map.of("lisa", LISA), 130);

    assertThat(formed.more()).isFalse();
    assertThat(formed.of("lisa").thought()).contains(LISA);
    assertThat(formed.of("bart").thought()).isEmpty();
    assertThat(formed.everybody().atSeconds()).isEqualTo(130);
  }

  @Test
  void a_failed_pass_counts_and_leaves_what_was_thought() {
    Opinions formed = none.begin().formed(Map.of("lisa", LISA), 100).failed();

    assertThat(formed.more()).isFalse();
    assertThat(formed.passes()).isEqualTo(2);
    assertThat(formed.of("lisa").thought()).contains(LISA);
  }
}
