package nara.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.event.Event;
import nara.presence.Presence;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class PresenceExtractorTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_768_800_000);
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Citizen BART = Citizen.named("bart");

  private final PresenceExtractor extractor = new PresenceExtractor("lisa");

  @Test
  void announcement_proves_presence_only_when_it_is_recent() {
    assertThat(extractor.extract(List.of(hello(BART, Duration.ofMinutes(9))), false, NOW))
        .containsExactly(present(true));
    assertThat(
            new PresenceExtractor("lisa")
                .extract(List.of(hello(BART, Duration.ofHours(3))), false, NOW))
        .containsExactly(present(false));
  }

  @Test
  void imported_announcement_gives_an_address_but_is_no_sign_of_life() {
    assertThat(extractor.extract(List.of(hello(BART, Duration.ofMinutes(9))), true, NOW))
        .containsExactly(present(false));
  }

  @Test
  void newest_event_decides_in_any_order() {
    Event announced = hello(BART, Duration.ofMinutes(9));
    Event goodbye = Citizen.read(BART.chau(Event.unixNanos(NOW.minusSeconds(60)))).event();

    assertThat(extractor.extract(List.of(goodbye, announced), false, NOW))
        .containsExactly(
            new Presence.Offline("bart", false, Instant.ofEpochSecond(0, goodbye.ts())));
    assertThat(extractor.extract(List.of(hello(BART, Duration.ofSeconds(9))), false, NOW))
        .containsExactly(present(true));
    assertThat(extractor.extract(List.of(goodbye), false, NOW)).isEmpty();
  }

  @Test
  void goodbye_wins_over_the_announcement_of_the_same_zine() {
    Event announced = hello(BART, Duration.ofMinutes(9));
    Event goodbye = Citizen.read(BART.chau(Event.unixNanos(NOW.minusSeconds(60)))).event();

    assertThat(extractor.extract(List.of(announced, goodbye), false, NOW))
        .containsExactly(
            new Presence.Offline("bart", false, Instant.ofEpochSecond(0, goodbye.ts())));
  }

  @Test
  void old_goodbye_tells_nothing_about_the_present() {
    Event goodbye = Citizen.read(BART.chau(Event.unixNanos(NOW.minusSeconds(7_200)))).event();

    assertThat(extractor.extract(List.of(goodbye), false, NOW)).isEmpty();
  }

  @Test
  void nara_may_be_stopping_for_half_a_minute_after_its_goodbye_unless_it_has_returned() {
    Event goodbye = Citizen.read(BART.chau(Event.unixNanos(NOW.minusSeconds(20)))).event();
    extractor.extract(List.of(goodbye), false, NOW);

    assertThat(extractor.mayBeStopping("bart", NOW)).isTrue();
    assertThat(extractor.mayBeStopping("bart", NOW.plusSeconds(10))).isFalse();
    assertThat(extractor.mayBeStopping("lisa", NOW)).isFalse();

    extractor.extract(List.of(hello(BART, Duration.ofSeconds(9))), false, NOW);
    assertThat(extractor.mayBeStopping("bart", NOW)).isFalse();
  }

  @Test
  void own_events_are_not_arrivals() {
    assertThat(extractor.extract(List.of(hello(LISA, Duration.ofMinutes(1))), false, NOW))
        .isEmpty();
  }

  private static Event hello(Citizen who, Duration ago) {
    return Citizen.read(who.heyThere(Event.unixNanos(NOW.minus(ago)), "10.0.0.1:7433")).event();
  }

  private static Presence present(boolean firstHand) {
    return new Presence.Online(
        "bart", BART.id(), "10.0.0.1:7433", Optional.of(BART.key()), firstHand, true);
  }
}
