package nara.web.reference;

import static org.assertj.core.api.Assertions.assertThat;

import nara.event.Observation;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class EventWordsTest {
  @Test
  void backfill_of_a_nara_is_no_restart() {
    assertThat(words(true).text()).isEqualTo("bart is known from before");
    assertThat(words(true).detail()).isEqualTo("restarts so far: 1");
    assertThat(words(false).text()).isEqualTo("bart restarted");
  }

  private static EventWords words(boolean backfill) {
    Observation observation =
        new Observation(
            "lisa", "", "bart", "", Observation.RESTART, 3, backfill, 5, 1, 5, "", "", 0);
    return EventWords.of(Citizen.read(Citizen.named("lisa").signed(1, observation)).event());
  }
}
