package nara.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Service;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Announcer announcer = new Announcer(Citizen.named("lisa").identity(), INTERVAL);

  @Test
  void announcer_signs_a_new_announcement_when_the_interval_has_passed() {
    assertThat(announcer.announce(NOW, NOW, "h:1")).isTrue();
    byte[] first = announcer.heyThere();
    assertThat(announcer.announce(NOW, NOW.plus(INTERVAL).minusNanos(1), "h:1")).isFalse();
    assertThat(announcer.heyThere()).isEqualTo(first);
    assertThat(announcer.announce(NOW.plus(INTERVAL), NOW.plus(INTERVAL), "h:2")).isTrue();

    Event second = Citizen.read(announcer.heyThere()).event();
    assertThat(((HeyThere) second.payload()).meshIp()).isEqualTo("h:2");
    assertThat(second.ts()).isEqualTo(Event.unixNanos(NOW.plus(INTERVAL)));
  }

  @Test
  void announcer_goes_on_when_the_clock_is_set_back() {
    assertThat(announcer.announce(NOW, NOW, "h:1")).isTrue();
    Instant setBack = NOW.minus(Duration.ofHours(2));

    assertThat(announcer.announce(setBack, NOW.plus(INTERVAL), "h:1")).isTrue();
    assertThat(Citizen.read(announcer.heyThere()).event().ts()).isEqualTo(Event.unixNanos(setBack));
  }

  @Test
  void announcer_signs_one_goodbye_and_no_announcement_after_it() {
    announcer.announce(NOW, NOW, "h:1");
    assertThat(announcer.sayGoodbye(NOW)).isTrue();
    byte[] chau = announcer.chau();
    assertThat(announcer.sayGoodbye(NOW.plusSeconds(1))).isFalse();
    assertThat(announcer.announce(NOW, NOW.plus(Duration.ofMinutes(1)), "h:1")).isFalse();

    assertThat(announcer.heyThere()).isEmpty();
    assertThat(announcer.chau()).isEqualTo(chau);
    assertThat(Citizen.read(chau).event().service()).isEqualTo(Service.CHAU);
  }
}
