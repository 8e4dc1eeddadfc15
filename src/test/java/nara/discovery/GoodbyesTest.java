package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import nara.presence.Presence;
import org.junit.jupiter.api.Test;

class GoodbyesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Presence.Offline FIRST_HAND =
      new Presence.Offline("bart", true, Instant.EPOCH);
  private static final Presence.Offline PASSED_ON =
      new Presence.Offline("bart", false, Instant.EPOCH);

  private final Goodbyes goodbyes = new Goodbyes();

  @Test
  void goodbye_that_others_pass_on_counts_unless_the_nara_has_responded_to_a_later_ping() {
    goodbyes.onResponse("bart", NOW.minusSeconds(5));

    assertThat(goodbyes.accepts(PASSED_ON, Duration.ofSeconds(6), NOW)).isFalse();
    assertThat(goodbyes.accepts(PASSED_ON, Duration.ofSeconds(5), NOW)).isTrue();
    assertThat(goodbyes.accepts(PASSED_ON, Duration.ofSeconds(4), NOW)).isTrue();
  }

  @Test
  void goodbye_from_the_broker_counts_whatever_its_time() {
    goodbyes.onResponse("bart", NOW);

    assertThat(goodbyes.accepts(FIRST_HAND, Duration.ofHours(1), NOW)).isTrue();
    assertThat(goodbyes.hasLeftSince("bart", NOW)).isTrue();
  }

  @Test
  void response_counts_unless_the_nara_has_left_since_the_ping_was_sent() {
    goodbyes.accepts(PASSED_ON, Duration.ZERO, NOW);

    assertThat(goodbyes.hasLeftSince("bart", NOW.minusSeconds(1))).isTrue();
    assertThat(goodbyes.hasLeftSince("bart", NOW)).isTrue();
    assertThat(goodbyes.hasLeftSince("bart", NOW.plusNanos(1))).isFalse();
    assertThat(goodbyes.hasLeftSince("lisa", NOW.minusSeconds(1))).isFalse();
  }

  @Test
  void nara_whose_clock_is_ahead_is_not_offline_until_then() {
    goodbyes.accepts(PASSED_ON, Duration.ofHours(-1), NOW);

    assertThat(goodbyes.hasLeftSince("bart", NOW.plusNanos(1))).isFalse();
  }

  @Test
  void older_goodbye_does_not_replace_a_newer_one() {
    goodbyes.accepts(FIRST_HAND, Duration.ZERO, NOW);
    goodbyes.accepts(PASSED_ON, Duration.ofSeconds(9), NOW);

    assertThat(goodbyes.hasLeftSince("bart", NOW.minusSeconds(1))).isTrue();
  }

  @Test
  void announcement_ends_the_absence() {
    goodbyes.accepts(PASSED_ON, Duration.ZERO, NOW);
    goodbyes.onReturn("bart");

    assertThat(goodbyes.hasLeftSince("bart", NOW.minusSeconds(1))).isFalse();
  }
}
