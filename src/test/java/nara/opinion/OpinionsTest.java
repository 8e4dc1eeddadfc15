package nara.opinion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummary;
import org.junit.jupiter.api.Test;

class OpinionsTest {
  private static final SubjectSummary LISA =
      new SubjectSummary("lisa", 1, 2, 3, "", "ONLINE", new Opinion(3, 1, 0));

  private final Opinions none = Opinions.notStarted(2);

  @Test
  void opinions_do_not_form_before_recovery_is_done() {
    Opinions early = none.withResult(Map.of("lisa", LISA), 100);

    assertThat(early).isEqualTo(none);
    assertThat(early.hasMorePasses()).isFalse();
    assertThat(early.formed()).isFalse();
    assertThat(early.bySubject()).isEmpty();
  }

  @Test
  void last_pass_determines_the_opinion() {
    Opinions formed = none.start().withResult(Map.of(), 100).withResult(Map.of("lisa", LISA), 130);

    assertThat(formed.hasMorePasses()).isFalse();
    assertThat(formed.bySubject()).containsOnly(Map.entry("lisa", LISA));
    assertThat(formed.atSeconds()).isEqualTo(130);
  }

  @Test
  void failed_pass_counts_and_keeps_the_opinion() {
    Opinions formed = none.start().withResult(Map.of("lisa", LISA), 100).withFailure();

    assertThat(formed.hasMorePasses()).isFalse();
    assertThat(formed.passes()).isEqualTo(2);
    assertThat(formed.bySubject()).containsEntry("lisa", LISA);
  }
}
