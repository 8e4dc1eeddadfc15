package nara.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.recovery.report.Report;
import org.junit.jupiter.api.Test;

class RecoveryTotalsTest {
  private final RecoveryTotals totals = new RecoveryTotals();

  @Test
  void sums_add_up_over_recoveries_and_never_decrease() {
    totals.onProgress(new RecoveryProgressed("pages", 3, 9, report("first", 100, 60)));
    totals.onReport(report("first", 120, 50));
    totals.onFinished(report("first", 120, 50));

    assertThat(totals.counts().received()).isEqualTo(120);
    assertThat(totals.counts().eventsByResult()).containsEntry("merged", 60L);
    assertThat(totals.counts().callsPlanned()).isZero();

    totals.onProgress(new RecoveryProgressed("pages", 1, 2, report("second", 7, 5)));

    assertThat(totals.counts().received()).isEqualTo(127);
    assertThat(totals.counts().eventsByResult()).containsEntry("merged", 65L);
    assertThat(totals.counts().callsPlanned()).isEqualTo(2);
    assertThat(totals.counts().finished()).isEqualTo(Map.of("complete", 1L));
  }

  private static Report report(String startedAt, int received, int merged) {
    Report empty = Report.empty("complete");
    return new Report(
        "complete",
        List.of(),
        startedAt,
        0,
        1,
        1,
        List.of(),
        List.of(),
        new Report.EventTotals(received, 0, merged, 0, 0, 0, Map.of()),
        empty.checkpointTotals(),
        0,
        empty.ledgerTotals(),
        List.of(),
        List.of());
  }
}
