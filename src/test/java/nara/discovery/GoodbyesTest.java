package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import nara.presence.Presence;
import org.junit.jupiter.api.Test;

class GoodbyesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Goodbyes goodbyes = new Goodbyes();

  @Test
  void goodbye_that_others_pass_on_counts_unless_the_nara_has_responded_to_a_later_ping() {
    goodbyes.onResponse("bart", NOW);

    assertThat(goodbyes.accepts(passedOn(NOW.minusSeconds(1)), NOW)).isFalse();
    assertThat(goodbyes.accepts(passedOn(NOW), NOW)).isTrue();
    assertThat(goodbyes.accepts(passedOn(NOW.plusSeconds(1)), NOW.plusSeconds(2))).isTrue();
  }

  @Test
  void goodbye_from_the_broker_counts_whatever_its_time() {
    goodbyes.onResponse("bart", NOW);

    Instant hourAgo = NOW.minusSeconds(3_600);
    assertThat(goodbyes.accepts(new Presence.Offline("bart", true, hourAgo), NOW)).isTrue();
    assertThat(goodbyes.hasLeftSince("bart", NOW)).isTrue();
  }

  @Test
  void response_counts_unless_the_nara_has_left_since_the_ping_was_sent() {
    goodbyes.accepts(passedOn(NOW), NOW);

    assertThat(goodbyes.hasLeftSince("bart", NOW.minusSeconds(1))).isTrue();
    assertThat(goodbyes.hasLeftSince("bart", NOW)).isTrue();
    assertThat(goodbyes.hasLeftSince("bart", NOW.plusNanos(1))).isFalse();
    assertThat(goodbyes.hasLeftSince("lisa", NOW.minusSeconds(1))).isFalse();
  }

  @Test
  void nara_whose_clock_is_ahead_is_not_offline_until_then() {
    goodbyes.accepts(passedOn(NOW.plusSeconds(3_600)), NOW);

    assertThat(goodbyes.hasLeftSince("bart", NOW.plusNanos(1))).isFalse();
  }

  @Test
  void older_goodbye_does_not_replace_a_newer_one() {
    goodbyes.accepts(new Presence.Offline("bart", true, NOW), NOW);
    goodbyes.accepts(passedOn(NOW.minusSeconds(9)), NOW);

    assertThat(goodbyes.hasLeftSince("bart", NOW.minusSeconds(1))).isTrue();
  }

  @Test
  void announcement_ends_the_absence() {
    goodbyes.accepts(passedOn(NOW), NOW);
    goodbyes.onReturn("bart");

    assertThat(goodbyes.hasLeftSince("bart", NOW.minusSeconds(1))).isFalse();
  }

  private static Presence.Offline passedOn(Instant leftAt) {
    return new Presence.Offline("bart", false, leftAt);
  }
}
