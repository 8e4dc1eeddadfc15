package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.NeighbourResponse;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.Test;

/** One fetch with a stall timeout of 10 s and a timeout of 60 s. */
class LedgerFetchTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final int MAX_MESSAGE = 1_000;
  private static final NeighbourResponse FROM_BART = response("bart", 1, 0);
  private static final NeighbourResponse FROM_LISA = response("lisa", 1, 0);

  private final LedgerFetch round =
      fetch(Map.of("bart", List.of("homer"), "lisa", List.of("marge")));

  private static LedgerFetch fetch(Map<String, List<String>> subjects) {
    return new LedgerFetch(
        new FetchLedgers(subjects, Duration.ofSeconds(10), Duration.ofSeconds(60)),
        Duration.ofSeconds(40),
        MAX_MESSAGE,
        START);
  }

  private static NeighbourResponse response(String name, int added, int rejected) {
    int received = added + rejected;
    return new NeighbourResponse(
        name,
        100,
        received,
        new OfferResult(received, added, 0, 0, 0, rejected, Map.of(), Set.of()));
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  private LedgersFetched ended(long seconds) {
    return round.result(at(seconds), "lost the broker").orElseThrow();
  }

  private boolean goesOn(long seconds) {
    return round.result(at(seconds), "lost the broker").isEmpty();
  }

  private void answers(NeighbourResponse response, Instant time) {
    assertThat(round.onResponse(response.neighbour(), response.bytes(), time)).isTrue();
    round.onMerged(response, time);
  }

  private void bartAnswers(long seconds) {
    answers(FROM_BART, at(seconds));
  }

  @Test
  void fetch_ends_when_all_responses_are_merged() {
    assertThat(round.onConnected(at(0))).containsExactly("bart", "lisa");
    bartAnswers(1);
    assertThat(round.onResponse("lisa", 100, at(2))).isTrue();
    assertThat(goesOn(2)).isTrue();
    assertThat(goesOn(40)).isTrue();

    round.onMerged(FROM_LISA, at(41));

    assertThat(ended(41).error()).isEmpty();
    assertThat(ended(41).unanswered()).isEmpty();
    assertThat(ended(41).responses()).hasSize(2);
  }

  @Test
  void silent_peer_is_retried_once() {
    round.onConnected(at(0));
    bartAnswers(3);

    assertThat(round.retries(at(7))).isEmpty();
    assertThat(round.retries(at(8))).containsExactly("lisa");
    assertThat(round.retries(at(9))).isEmpty();
    assertThat(goesOn(12)).isTrue();
    assertThat(ended(13).unanswered()).containsExactly("lisa");
    assertThat(ended(13).error()).isEqualTo("nothing came for 10000 ms");
  }

  @Test
  void stall_timeout_does_not_run_while_the_broker_is_away() {
    round.onConnected(at(0));
    bartAnswers(1);
    round.onConnectionLost(at(2));
    assertThat(goesOn(35)).isTrue();

    assertThat(round.onConnected(at(35))).containsExactly("lisa");
    assertThat(goesOn(50)).as("others may come back later than we do").isTrue();
    assertThat(round.onResponse("lisa", 100, at(51))).isTrue();
    round.onMerged(FROM_LISA, at(51));
    assertThat(ended(51).error()).isEmpty();
  }

  @Test
  void fetch_ends_at_the_deadline_when_the_broker_stays_away() {
    round.onConnected(at(0));
    round.onConnectionLost(at(1));

    assertThat(goesOn(59)).isTrue();
    assertThat(ended(60).error()).isEqualTo("lost the broker");
    assertThat(ended(60).unanswered()).containsExactlyInAnyOrder("bart", "lisa");
  }

  @Test
  void fetch_ends_after_the_stall_timeout_when_the_broker_was_never_connected() {
    assertThat(goesOn(9)).isTrue();
    assertThat(ended(10).error()).isEqualTo("lost the broker");
  }

  @Test
  void peer_is_asked_once_more_when_it_announces_itself_without_a_response() {
    round.onConnected(at(0));
    bartAnswers(1);

    assertThat(round.onAnnouncement("bart", at(2))).isFalse();
    assertThat(round.onAnnouncement("lisa", at(2))).isTrue();
    assertThat(round.onAnnouncement("lisa", at(3))).isFalse();
    assertThat(round.onAnnouncement("maggie", at(3))).isFalse();
  }

  @Test
  void response_of_a_peer_that_was_not_asked_is_rejected() {
    round.onConnected(at(0));

    assertThat(round.onResponse("maggie", 100, at(1))).isFalse();
  }

  @Test
  void spoofed_empty_responses_do_not_replace_the_true_one() {
    round.onConnected(at(0));
    for (int i = 0; i < 20; i++) {
      answers(response("bart", 0, 0), at(1));
    }
    answers(FROM_LISA, at(1));
    assertThat(round.nextCheck(at(1))).isEqualTo(MqttLimits.SETTLE_TIME);
    assertThat(goesOn(2)).isTrue();
    answers(response("bart", 70, 0), at(2));

    assertThat(ended(2).responses())
        .containsExactly(response("bart", 0, 0), FROM_LISA, response("bart", 70, 0));
    assertThat(round.withoutEvents()).isEmpty();
  }

  @Test
  void rejected_events_are_no_answer_while_others_may_come() {
    round.onConnected(at(0));
    answers(response("bart", 0, 5), at(1));
    answers(FROM_LISA, at(1));

    assertThat(goesOn(2)).isTrue();
    assertThat(ended(3).error()).isEmpty();
    assertThat(ended(3).unanswered()).isEmpty();
    assertThat(round.withoutEvents()).containsExactly("bart");
  }

  @Test
  void peer_with_empty_responses_is_asked_again_when_it_announces_itself() {
    round.onConnected(at(0));
    answers(response("bart", 0, 0), at(1));

    assertThat(round.onAnnouncement("bart", at(2))).isTrue();
    assertThat(round.onAnnouncement("bart", at(2))).isFalse();
  }

  @Test
  void last_request_listens_a_moment_more_although_all_gave_events() {
    LedgerFetch last = fetch(Map.of("bart", List.of("*")));
    last.onConnected(at(0));
    assertThat(last.onResponse("bart", 100, at(1))).isTrue();
    last.onMerged(FROM_BART, at(1));

    assertThat(last.result(at(2), "")).isEmpty();
    assertThat(last.onResponse("bart", 100, at(2))).isTrue();
    last.onMerged(response("bart", 70, 0), at(2));
    assertThat(last.result(at(3), "")).isEmpty();
    assertThat(last.result(at(4), "").orElseThrow().responses()).hasSize(2);
  }

  @Test
  void spoofed_events_without_an_end_delay_the_end_by_the_longest_settle_time() {
    LedgerFetch last = fetch(Map.of("bart", List.of("*")));
    last.onConnected(at(0));
    int second = 0;
    while (last.onResponse("bart", 1, at(second))) {
      last.onMerged(FROM_BART, at(second));
      second++;
    }

    assertThat(second).isEqualTo((int) MqttLimits.MAX_SETTLE_TIME.toSeconds());
    assertThat(last.result(at(second), "").orElseThrow().error()).isEmpty();
  }

  @Test
  void all_responses_of_a_peer_together_are_bounded_in_bytes() {
    round.onConnected(at(0));
    for (int i = 0; i < MqttLimits.MAX_RESPONSE_BYTES_FACTOR; i++) {
      assertThat(round.onResponse("bart", MAX_MESSAGE, at(1))).isTrue();
    }
    assertThat(round.onResponse("bart", 1, at(1))).isFalse();
  }

  @Test
  void failed_merge_counts_as_no_response() {
    round.onConnected(at(0));
    bartAnswers(1);
    assertThat(round.onResponse("lisa", 100, at(1))).isTrue();
    round.onMergeFailed("lisa", at(2));

    assertThat(ended(12).unanswered()).containsExactly("lisa");
  }

  @Test
  void next_check_is_scheduled_at_the_next_deadline() {
    round.onConnected(at(0));

    assertThat(round.nextCheck(at(0))).isEqualTo(Duration.ofSeconds(5));
    assertThat(round.nextCheck(at(5))).isEqualTo(Duration.ofSeconds(5));
    assertThat(round.nextCheck(at(59))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void fetch_without_peers_ends_at_once() {
    LedgerFetch nobody = fetch(Map.of());
    assertThat(nobody.result(START, "").orElseThrow().error()).isEmpty();
  }
}
