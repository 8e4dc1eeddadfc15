package nara.recovery.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.checkpoint.sync.CheckpointSyncRequest.PeerSyncResult;
import nara.checkpoint.sync.CheckpointSyncRequest.SyncResult;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.PeerScore;
import nara.recovery.report.Report.EventTotals;
import nara.trust.TrustRequest.KeyConflicts;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.Test;

class ReportBuilderTest {
  private static final Instant START = Instant.parse("2026-01-18T22:00:00Z");

  @Test
  void every_event_of_the_rungs_and_of_the_checkpoints_has_its_verdict_and_its_fate() {
    ReportBuilder report = new ReportBuilder(START);
    report.addFetch("bart", "", fetched(offered(10, 8, 1, 0, 1, Map.of(Verdict.VALID, 8))));
    report.setCheckpoints(
        new SyncResult(
            List.of(
                new PeerSyncResult(
                    "bart", 1, 0, true, "", 500, 7, offered(7, 3, 1, 2, 1, CHECKPOINTS))),
            false));

    EventTotals totals =
        report.build("complete", List.of(), name -> new PeerScore(), START).eventTotals();

    assertThat(totals.received()).isEqualTo(17);
    assertThat(totals.merged() + totals.duplicate() + totals.quarantined() + totals.rejected())
        .isEqualTo(totals.received());
    assertThat(totals.verdicts())
        .isEqualTo(Map.of("valid", 11, "unknown_emitter", 2, "unbacked_checkpoint", 1));
  }

  @Test
  void checkpoints_that_waited_for_their_voters_keys_are_judged_again_and_counted_once() {
    ReportBuilder report = new ReportBuilder(START);
    report.setCheckpoints(
        new SyncResult(
            List.of(
                new PeerSyncResult(
                    "bart", 1, 0, true, "", 500, 7, offered(7, 3, 1, 2, 1, CHECKPOINTS))),
            false));
    report.addRejudged(offered(2, 2, 0, 0, 0, Map.of(Verdict.VALID, 2)));

    EventTotals totals =
        report.build("complete", List.of(), name -> new PeerScore(), START).eventTotals();

    assertThat(totals.quarantined()).isZero();
    assertThat(totals.verdicts()).isEqualTo(Map.of("valid", 5, "unbacked_checkpoint", 1));
  }

  @Test
  void events_quarantined_before_recovery_keep_counts_nonnegative() {
    ReportBuilder report = new ReportBuilder(START);
    report.addRejudged(
        offered(9, 6, 0, 3, 0, Map.of(Verdict.VALID, 6, Verdict.UNKNOWN_EMITTER, 3)));

    EventTotals totals =
        report.build("complete", List.of(), name -> new PeerScore(), START).eventTotals();

    assertThat(totals.quarantined()).isEqualTo(3);
    assertThat(totals.merged()).isEqualTo(6);
    assertThat(totals.verdicts()).isEqualTo(Map.of("valid", 6, "unknown_emitter", 3));
  }

  @Test
  void events_that_leave_the_ledger_to_wait_are_told_once() {
    ReportBuilder report = new ReportBuilder(START);
    report.addFetch("bart", "", fetched(offered(9, 9, 0, 0, 0, Map.of(Verdict.VALID, 9))));
    report.addRejudged(
        new OfferResult(-4, -5, 0, 0, 0, 1, Map.of(Verdict.VALID, -5), Set.of("lisa")));

    EventTotals totals =
        report.build("partial", List.of(), name -> new PeerScore(), START).eventTotals();

    assertThat(totals.received()).isEqualTo(9);
    assertThat(totals.merged()).isEqualTo(4);
    assertThat(totals.quarantined()).isEqualTo(4);
    assertThat(totals.rejected()).isEqualTo(1);
    assertThat(totals.verdicts()).isEqualTo(Map.of("valid", 4, "unknown_emitter", 4));
  }

  @Test
  void only_events_dropped_by_a_full_ledger_count_as_pruned() {
    ReportBuilder report = new ReportBuilder(START);
    report.addFetch(
        "bart", "", fetched(new OfferResult(20, 8, 0, 0, 12, 5, 0, 0, Map.of(), Set.of())));
    report.addRejudged(new OfferResult(4, 1, 0, 0, 3, 2, 0, 0, Map.of(), Set.of()));

    EventTotals totals =
        report.build("complete", List.of(), name -> new PeerScore(), START).eventTotals();

    assertThat(totals.pruned()).isEqualTo(7);
  }

  @Test
  void conflicts_of_one_name_become_one_entry_of_the_json_report() throws Exception {
    Keyring keys = new Keyring();
    PublicKey first = key(1);
    keys.learn("lisa", "id-lisa", first, Origin.HEY_THERE);
    keys.learn("lisa", "", key(2), Origin.HEY_THERE);
    keys.learn("lisa", "", key(3), Origin.HOWDY);
    keys.learn("bart", "id-lisa", key(4), Origin.HEY_THERE);
    ReportBuilder report = new ReportBuilder(START);
    report.setConflicts(new KeyConflicts(keys.conflicts(), Map.of("lisa", 9)));

    JsonNode conflicts =
        new ObjectMapper()
            .readTree(
                ReportJson.write(
                    report.build("complete", List.of(), name -> new PeerScore(), START)))
            .get("conflicts");

    assertThat(conflicts)
        .hasToString(
            """
            [{"name":"lisa","keys":["%1$s","%2$s","%3$s","%4$s"],"claimed_by":["bart"],\
            "decision":"%1$s","support":{"%1$s":[],"%2$s":[],"%3$s":[],"%4$s":["bart claims its id"]},\
            "waiting":9}]\
            """
                .formatted(first.encoded(), key(2).encoded(), key(3).encoded(), key(4).encoded()));
  }

  private static PublicKey key(int number) {
    byte[] bytes = new byte[PublicKey.LENGTH];
    bytes[0] = (byte) number;
    return PublicKey.of(bytes);
  }

  private static final Map<Verdict, Integer> CHECKPOINTS =
      Map.of(Verdict.VALID, 3, Verdict.UNKNOWN_EMITTER, 2, Verdict.UNBACKED_CHECKPOINT, 1);

  private static PageFetched fetched(OfferResult result) {
    return new PageFetched(
        5_000,
        result.received(),
        0,
        0,
        Optional.empty(),
        false,
        List.of(),
        result,
        Duration.ofMillis(9));
  }

  private static OfferResult offered(
      int received,
      int added,
      int duplicate,
      int quarantined,
      int rejected,
      Map<Verdict, Integer> verdicts) {
    return new OfferResult(
        received, added, duplicate, 0, quarantined, rejected, verdicts, Set.of());
  }
}
