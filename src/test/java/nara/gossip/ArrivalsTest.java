package nara.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.event.Event;
import nara.plaza.Presence;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_768_800_000);
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Citizen BART = Citizen.named("bart");

  private final Arrivals arrivals = new Arrivals("lisa");

  @Test
  void a_fresh_announcement_says_that_somebody_is_there_and_an_old_one_where_it_was() {
    assertThat(arrivals.by(List.of(hello(BART, Duration.ofMinutes(9))), NOW))
        .containsExactly(present(true));
    assertThat(new Arrivals("lisa").by(List.of(hello(BART, Duration.ofHours(3))), NOW))
        .containsExactly(present(false));
  }

  @Test
  void the_newest_word_counts_in_whatever_order_they_come() {
    Event came = hello(BART, Duration.ofMinutes(9));
    Event went = Citizen.read(BART.chau(Event.nanos(NOW.minusSeconds(60)))).event();

    assertThat(arrivals.by(List.of(went, came), NOW)).containsExactly(new Presence.Left("bart"));
    assertThat(arrivals.by(List.of(hello(BART, Duration.ofSeconds(9))), NOW))
        .containsExactly(present(true));
    assertThat(arrivals.by(List.of(went), NOW)).isEmpty();
  }

  @Test
  void what_this_node_said_itself_is_no_news() {
    assertThat(arrivals.by(List.of(hello(LISA, Duration.ofMinutes(1))), NOW)).isEmpty();
  }

  private static Event hello(Citizen who, Duration ago) {
    return Citizen.read(who.heyThere(Event.nanos(NOW.minus(ago)), "10.0.0.1:7433")).event();
  }

  private static Presence present(boolean firstHand) {
    return new Presence.Present(
        "bart", BART.id(), "10.0.0.1:7433", Optional.of(BART.key()), firstHand);
  }
}
