package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.testing.Vectors;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DerivedVectorsTest {
  private static final JsonNode DERIVED = Vectors.json("derived.json");
  private static final JsonNode NUMBERS = Vectors.json("numbers.json");

  static Stream<Named<JsonNode>> subjects() {
    return elements(DERIVED.get("subjects")).map(s -> Named.of(s.get("subject").asText(), s));
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void each_subject_has_the_recorded_history_and_opinion(JsonNode s) {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(10_000), name -> Standing.ESTABLISHED);
    ledger.merge(TestEvents.unsigned(DERIVED.get("events")));

    SubjectSummary summary =
        ledger.summary(s.get("subject").asText(), DERIVED.get("computed_at_s").asLong());

    assertThat(summary.restarts()).isEqualTo(s.get("restarts").asLong());
    assertThat(summary.totalUptimeSeconds()).isEqualTo(s.get("total_uptime_s").asLong());
    assertThat(summary.firstSeenSeconds()).isEqualTo(s.get("first_seen_s").asLong());
    assertThat(summary.latestCheckpointId()).isEqualTo(s.get("latest_checkpoint_id").asText());
    JsonNode o = s.get("opinion");
    assertThat(summary.opinion())
        .isEqualTo(
            new Opinion(
                o.get("start_time").asLong(),
                o.get("restarts").asLong(),
                o.get("last_restart").asLong()));
  }

  static Stream<Named<JsonNode>> statuses() {
    return elements(Vectors.json("status.json").get("cases"))
        .map(s -> Named.of(s.get("label").asText(), s));
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void status_after_one_event_matches_the_recorded_one_30_seconds_and_2_hours_later(JsonNode s) {
    for (LedgerConfig config :
        List.of(
            LedgerConfig.ofSize(10),
            LedgerConfig.ofSize(10).missingAfter(LedgerConfig.MISSING_AFTER_IN_GOSSIP))) {
      Ledger ledger = new Ledger(config, name -> Standing.ESTABLISHED);
      Event event = TestEvents.read(s.get("json").asText());
      ledger.merge(List.of(TestEvents.unsigned(event)));
      long at = event.ts() / TestEvents.SECOND;

      assertThat(ledger.summary(s.get("of").asText(), at + 30).status())
          .isEqualTo(recorded(s, "status_30_s_later"));
      assertThat(ledger.summary(s.get("of").asText(), at + 7_200).status())
          .isEqualTo(recorded(s, "status_2_h_later"));
    }
  }

  private static String recorded(JsonNode s, String field) {
    String status = s.get(field).asText();
    return status.isEmpty() ? "UNKNOWN" : status;
  }

  @Test
  void online_nara_is_missing_after_the_recorded_silence_and_not_before() {
    JsonNode status = Vectors.json("status.json");
    assertThat(LedgerConfig.MISSING_AFTER).hasSeconds(status.get("missing_after_s").asLong());
    assertThat(LedgerConfig.MISSING_AFTER_IN_GOSSIP)
        .hasSeconds(status.get("missing_after_gossip_s").asLong());

    Ledger ledger = new Ledger(LedgerConfig.ofSize(10), name -> Standing.ESTABLISHED);
    ledger.merge(
        List.of(
            TestEvents.unsigned(
                TestEvents.event(
                    1_000 * TestEvents.SECOND, new nara.event.HeyThere("lisa", "k", "", "", "")))));
    assertThat(ledger.summary("lisa", 1_300).status()).isEqualTo("ONLINE");
    assertThat(ledger.summary("lisa", 1_301).status()).isEqualTo("MISSING");
  }

  @Test
  void trimmed_means_match_the_recorded_ones() {
    for (JsonNode c : NUMBERS.get("trimmed_means")) {
      long[] values = elements(c.get("values")).mapToLong(JsonNode::asLong).toArray();
      assertThat(TrimmedMean.of(values)).isEqualTo(c.get("trimmed_mean").asLong());
      assertThat(TrimmedMean.ofPositive(values))
          .isEqualTo(c.get("trimmed_mean_of_positive").asLong());
    }
  }

  @Test
  void numbers_at_the_ends_of_64_bits_do_not_overflow_the_derived_values() {
    long[] extremes = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 1};
    for (long number : extremes) {
      for (long start : extremes) {
        Ledger ledger = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
        ledger.merge(
            List.of(
                TestEvents.unsigned(TestEvents.event(1, restart("a", true, start, number))),
                TestEvents.unsigned(TestEvents.event(2, restart("a", false, start - 1, number))),
                TestEvents.unsigned(TestEvents.event(3, restart("b", false, 7, number)))));
        assertThat(ledger.summary("lisa", 1).restarts()).isGreaterThanOrEqualTo(number);
        assertThat(ledger.summary("lisa", 1).opinion().restarts()).isPositive();

        ledger.merge(
            List.of(
                TestEvents.unsigned(
                    TestEvents.event(
                        4,
                        new Checkpoint(
                            0,
                            "lisa",
                            "",
                            "",
                            new Checkpoint.AgreedValues(number, number, start),
                            5,
                            0,
                            List.of(),
                            List.of())))));
        assertThat(ledger.summary("lisa", Long.MAX_VALUE).restarts())
            .isGreaterThanOrEqualTo(number);
        assertThat(ledger.summary("lisa", Long.MAX_VALUE).totalUptimeSeconds()).isPositive();
      }
    }
  }

  private static Observation restart(String observer, boolean backfill, long start, long number) {
    return new Observation(
        observer, "", "lisa", "", "restart", 3, backfill, start, number, start, "", "", 0);
  }

  @Test
  void trimmed_mean_does_not_overflow_for_the_largest_values() {
    assertThat(TrimmedMean.of(Long.MAX_VALUE, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    assertThat(TrimmedMean.of(Long.MIN_VALUE, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
    assertThat(TrimmedMean.of(LongStream.of(1, 2, Long.MAX_VALUE).toArray())).isEqualTo(1);
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
