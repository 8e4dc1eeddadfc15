package nara.mesh.server;

import static nara.mesh.server.SeenRequests.Sighting.FIRST;
import static nara.mesh.server.SeenRequests.Sighting.REPEATED;
import static nara.mesh.server.SeenRequests.Sighting.REPEATED_ELSEWHERE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SeenRequestsTest {
  private long now;
  private final SeenRequests seen = new SeenRequests(3, Duration.ofSeconds(60), () -> now);

  @Test
  void repeat_is_recognised_by_its_address() {
    assertThat(seen.note(1, "a")).isEqualTo(FIRST);
    assertThat(seen.note(1, "a")).isEqualTo(REPEATED);
    assertThat(seen.note(1, "b")).isEqualTo(REPEATED_ELSEWHERE);
    assertThat(seen.note(2, "b")).isEqualTo(FIRST);
  }

  @Test
  void request_is_forgotten_when_its_signature_is_no_longer_valid() {
    seen.note(1, "a");
    now += Duration.ofSeconds(61).toNanos();

    assertThat(seen.note(1, "b")).isEqualTo(FIRST);
  }

  @Test
  void oldest_requests_are_forgotten_at_the_bound() {
    for (int i = 0; i < 100; i++) {
      seen.note(i, "a");
    }

    assertThat(seen.size()).isEqualTo(3);
    assertThat(seen.note(98, "a")).isEqualTo(REPEATED);
  }
}
