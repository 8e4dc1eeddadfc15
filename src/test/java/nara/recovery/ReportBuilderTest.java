package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.checkpoint.CheckpointRequest.PeerAnswer;
import nara.checkpoint.CheckpointRequest.Synced;
import nara.event.Verdict;
import nara.mesh.MeshRequest.Fetched;
import nara.trust.TrustRequest.Offered;
import org.junit.jupiter.api.Test;

class ReportBuilderTest {
  private static final Instant START = Instant.parse("2026-01-18T22:00:00Z");

  @Test
  void every_event_of_the_rungs_and_of_the_checkpoints_has_its_verdict_and_its_fate() {
    ReportBuilder report = new ReportBuilder(START);
    report.fetched("bart", fetched(offered(10, 8, 1, 0, 1, Map.of(Verdict.VALID, 8))));
    report.checkpoints(
        new Synced(
            List.of(new PeerAnswer("bart", 1, 0, "", 500, 7, offered(7, 3, 1, 2, 1, CHECKPOINTS))),
            false));

    Report.Events events =
        report.build("complete", List.of(), name -> new Conduct(), START).events();

    assertThat(events.received()).isEqualTo(17);
    assertThat(events.merged() + events.duplicate() + events.quarantined() + events.rejected())
        .isEqualTo(events.received());
    assertThat(events.verdicts())
        .isEqualTo(Map.of("valid", 11, "unknown_emitter", 2, "unbacked_checkpoint", 1));
  }

  @Test
  void checkpoints_that_waited_for_their_voters_keys_are_judged_again_and_counted_once() {
    ReportBuilder report = new ReportBuilder(START);
    report.checkpoints(
        new Synced(
            List.of(new PeerAnswer("bart", 1, 0, "", 500, 7, offered(7, 3, 1, 2, 1, CHECKPOINTS))),
            false));
    report.judgedAgain(offered(2, 2, 0, 0, 0, Map.of(Verdict.VALID, 2)));

    Report.Events events =
        report.build("complete", List.of(), name -> new Conduct(), START).events();

    assertThat(events.quarantined()).isZero();
    assertThat(events.verdicts()).isEqualTo(Map.of("valid", 5, "unbacked_checkpoint", 1));
  }

  @Test
  void what_waited_since_before_the_recovery_makes_no_count_negative() {
    ReportBuilder report = new ReportBuilder(START);
    report.judgedAgain(
        offered(9, 6, 0, 3, 0, Map.of(Verdict.VALID, 6, Verdict.UNKNOWN_EMITTER, 3)));

    Report.Events events =
        report.build("complete", List.of(), name -> new Conduct(), START).events();

    assertThat(events.quarantined()).isEqualTo(3);
    assertThat(events.merged()).isEqualTo(6);
    assertThat(events.verdicts()).isEqualTo(Map.of("valid", 6, "unknown_emitter", 3));
  }

  private static final Map<Verdict, Integer> CHECKPOINTS =
      Map.of(Verdict.VALID, 3, Verdict.UNKNOWN_EMITTER, 2, Verdict.UNBACKED_CHECKPOINT, 1);

  private static Fetched fetched(Offered offered) {
    return new Fetched(
        5_000,
        offered.received(),
        0,
        0,
        Optional.empty(),
        false,
        List.of(),
        offered,
        Duration.ofMillis(9));
  }

  private static Offered offered(
      int received,
      int added,
      int duplicate,
      int quarantined,
      int rejected,
      Map<Verdict, Integer> verdicts) {
    return new Offered(received, added, duplicate, 0, quarantined, rejected, verdicts, Set.of());
  }
}
