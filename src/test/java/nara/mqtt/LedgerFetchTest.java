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
  private static final NeighbourResponse FROM_BART =
      new NeighbourResponse("bart", 100, 1, new OfferResult(1, 1, 0, 0, 0, 0, Map.of(), Set.of()));

  private final LedgerFetch round =
      new LedgerFetch(
          new FetchLedgers(
              Map.of("bart", List.of("homer"), "lisa", List.of("marge")),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60)),
          Duration.ofSeconds(40),
          START);

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  private LedgersFetched ended(long seconds) {
    return round.result(at(seconds), "lost the broker").orElseThrow();
  }

  private boolean goesOn(long seconds) {
    return round.result(at(seconds), "lost the broker").isEmpty();
  }

  private void bartAnswers(long seconds) {
    assertThat(round.onResponse("bart", at(seconds))).isTrue();
    round.onMerged(FROM_BART, at(seconds));
  }

  @Test
  void fetch_ends_when_all_responses_are_merged() {
    assertThat(round.onConnected(at(0))).containsExactly("bart", "lisa");
    bartAnswers(1);
    assertThat(round.onResponse("lisa", at(2))).isTrue();
    assertThat(goesOn(2)).isTrue();
    assertThat(goesOn(40)).isTrue();

    round.onMerged(FROM_BART, at(41));

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
    assertThat(round.onResponse("lisa", at(51))).isTrue();
    round.onMerged(FROM_BART, at(51));
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
  void unrequested_and_repeated_responses_are_rejected() {
    round.onConnected(at(0));

    assertThat(round.onResponse("maggie", at(1))).isFalse();
    bartAnswers(1);
    bartAnswers(1);
    bartAnswers(1);
    assertThat(round.onResponse("bart", at(1))).isFalse();
  }

  @Test
  void failed_merge_counts_as_no_response() {
    round.onConnected(at(0));
    bartAnswers(1);
    assertThat(round.onResponse("lisa", at(1))).isTrue();
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
    LedgerFetch nobody =
        new LedgerFetch(
            new FetchLedgers(Map.of(), Duration.ofSeconds(10), Duration.ofSeconds(60)),
            Duration.ZERO,
            START);
    assertThat(nobody.result(START, "").orElseThrow().error()).isEmpty();
  }
}
