package nara.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import nara.identity.Witness;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.Test;

class NetworkClockTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualScheduler time = new ManualScheduler(NOW);
  private final NetworkClock clock = new NetworkClock(time);

  private void configured(String host, Duration offset) {
    answer(new Witness(host, true), offset);
  }

  private void discovered(String host, Duration offset) {
    answer(new Witness(host, false), offset);
  }

  private void answer(Witness neighbour, Duration offset) {
    clock.record(neighbour, time.instant().plus(offset), time.instant());
  }

  private Duration correction() {
    return Duration.between(time.instant(), clock.instant());
  }

  @Test
  void own_clock_is_named_when_two_neighbours_agree_on_an_offset_of_an_hour() {
    configured("10.0.0.1:7433", HOUR);
    assertThat(clock.warning()).as("one against one").isEmpty();
    configured("10.0.0.2:7433", HOUR.plusSeconds(2));

    assertThat(clock.warning().orElseThrow())
        .startsWith("this node's clock seems to be 1 h behind that of 2 neighbours");
    assertThat(correction()).isEqualTo(HOUR);
  }

  @Test
  void offset_of_one_neighbour_is_that_of_its_own_answer() {
    configured("lisa.example:7433", Duration.ofSeconds(3));
    discovered("10.0.0.7", Duration.ofSeconds(-2));

    assertThat(clock.offsetOf("lisa.example:7433", "lisa.example")).contains(Duration.ofSeconds(3));
    assertThat(clock.offsetOf("10.0.0.7:7433", "10.0.0.7")).contains(Duration.ofSeconds(-2));
    assertThat(clock.offsetOf("10.0.0.8:7433", "10.0.0.8")).isEmpty();
  }

  @Test
  void clock_that_is_ahead_makes_the_bound_of_the_future_stricter() {
    configured("10.0.0.1:7433", HOUR.negated());
    configured("10.0.0.2:7433", HOUR.negated());

    assertThat(clock.warning().orElseThrow()).contains("1 h ahead of that of 2 neighbours");
    assertThat(correction()).isEqualTo(HOUR.negated());
  }

  @Test
  void one_of_several_neighbours_does_not_move_the_clock() {
    configured("10.0.0.1:7433", Duration.ofSeconds(1));
    configured("10.0.0.2:7433", Duration.ofSeconds(-1));
    for (int i = 0; i < 100; i++) {
      configured("10.0.0.3:7433", Duration.ofDays(3_650));
    }

    assertThat(clock.skew()).isEmpty();
    assertThat(correction()).isZero();
  }

  @Test
  void one_of_several_neighbours_does_not_move_a_clock_beyond_what_the_others_say() {
    configured("10.0.0.1:7433", HOUR);
    configured("10.0.0.2:7433", HOUR.plusSeconds(4));
    configured("10.0.0.3:7433", Duration.ofDays(3_650));

    assertThat(correction()).isBetween(Duration.ZERO, HOUR.plusSeconds(4));
  }

  @Test
  void many_discovered_neighbours_do_not_outvote_configured_ones() {
    configured("10.0.0.1:7433", Duration.ZERO);
    for (int i = 0; i < 5_000; i++) {
      discovered("10.1." + i / 250 + "." + i % 250, HOUR);
    }

    assertThat(clock.skew()).isEmpty();
  }

  @Test
  void one_machine_with_many_names_ports_and_addresses_has_one_vote() {
    for (int i = 0; i < 100; i++) {
      discovered("10.0.0.1", HOUR);
      discovered("2001:db8::" + Integer.toHexString(i), HOUR);
    }
    discovered("10.0.0.2", Duration.ZERO);

    assertThat(clock.skew()).isEmpty();
  }

  @Test
  void clock_that_was_set_is_compared_anew() {
    configured("10.0.0.1:7433", HOUR);
    configured("10.0.0.2:7433", HOUR);
    time.setClock(HOUR);

    assertThat(clock.warning()).isEmpty();
    assertThat(correction()).isZero();
    configured("10.0.0.1:7433", Duration.ZERO);
    configured("10.0.0.2:7433", Duration.ZERO);
    assertThat(clock.warning()).isEmpty();
  }

  @Test
  void strangers_alone_never_make_the_bound_of_the_future_stricter() {
    discovered("10.0.0.1", HOUR.negated());
    discovered("10.0.0.2", HOUR.negated());
    assertThat(clock.warning()).isPresent();
    assertThat(correction()).isEqualTo(Duration.ZERO);

    discovered("10.0.0.1", HOUR);
    discovered("10.0.0.2", HOUR);
    assertThat(correction()).isEqualTo(HOUR);
  }

  @Test
  void strangers_alone_never_make_a_time_stale_that_is_right_by_the_own_clock() {
    long stated = time.instant().getEpochSecond() * 1_000_000_000L;
    discovered("10.0.0.1", Duration.ofDays(400));
    discovered("10.0.0.2", Duration.ofDays(400));
    assertThat(clock.nearestTo(stated)).isEqualTo(time.instant());
    long theirs = stated + Duration.ofDays(400).toNanos();
    assertThat(clock.nearestTo(theirs)).isEqualTo(time.instant().plus(Duration.ofDays(400)));

    configured("10.0.0.3:7433", HOUR);
    configured("10.0.0.4:7433", HOUR);
    assertThat(clock.nearestTo(stated)).isEqualTo(time.instant().plus(HOUR));
    assertThat(clock.nearestTo(Long.MIN_VALUE)).isEqualTo(time.instant().plus(HOUR));
  }

  @Test
  void hosts_of_a_private_ipv6_network_have_a_vote_each() {
    discovered("fd7a:115c:a1e0:ab12::1", HOUR);
    discovered("fd7a:115c:a1e0:ab12::2", HOUR);
    assertThat(clock.skew()).isPresent();
  }

  @Test
  void votes_expire_without_further_answers() {
    configured("10.0.0.1:7433", HOUR);
    configured("10.0.0.2:7433", HOUR);
    assertThat(clock.skew()).isPresent();

    time.advance(NetworkClock.MAX_AGE.plusSeconds(1));
    assertThat(clock.skew()).isEmpty();
  }

  @Test
  void small_offset_is_no_matter() {
    configured("10.0.0.1:7433", Duration.ofSeconds(24));
    configured("10.0.0.2:7433", Duration.ofSeconds(24));

    assertThat(clock.skew()).isEmpty();
    assertThat(correction()).isZero();
  }

  @Test
  void old_answers_have_no_vote() {
    discovered("10.0.0.1", HOUR);
    discovered("10.0.0.2", HOUR);
    time.advance(NetworkClock.MAX_AGE.plusSeconds(1));
    discovered("10.0.0.3", Duration.ZERO);

    assertThat(clock.skew()).isEmpty();
  }

  @Test
  void offsets_are_said_in_their_largest_unit() {
    assertThat(ClockSkew.inWords(Duration.ofSeconds(40))).isEqualTo("40 s");
    assertThat(ClockSkew.inWords(Duration.ofMinutes(5))).isEqualTo("5 min");
    assertThat(ClockSkew.inWords(Duration.ofMinutes(60).minusSeconds(3))).isEqualTo("1 h");
    assertThat(ClockSkew.inWords(Duration.ofDays(3))).isEqualTo("3 d");
  }
}
