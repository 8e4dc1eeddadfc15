package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.event.ReadResult;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class QuarantineTest {
  private final Quarantine quarantine = new Quarantine(3, name -> Standing.UNKNOWN);

  @Test
  void same_bytes_wait_once_and_another_form_of_the_event_waits_too() {
    assertThat(quarantine.add(waiting("bart", 1))).isTrue();
    assertThat(quarantine.add(waiting("bart", 1))).isFalse();
    assertThat(quarantine.add(waiting(Citizen.impostor("bart"), 1, ""))).isTrue();
    assertThat(quarantine.size()).isEqualTo(2);
  }

  @Test
  void oldest_arrivals_are_evicted_over_the_count_limit() {
    for (int ts = 1; ts <= 5; ts++) {
      quarantine.add(waiting("bart", ts));
    }
    assertThat(times(quarantine.release())).containsExactly(3L, 4L, 5L);
  }

  @Test
  void oldest_arrivals_are_evicted_over_the_byte_limit() {
    String large = "x".repeat(1_000);
    Quarantine ten = new Quarantine(10, name -> Standing.UNKNOWN);
    Citizen bart = Citizen.named("bart");
    int each = bart.signed(1, large(large)).length;
    int room = 10 * Quarantine.BYTES_EACH / each;

    for (int ts = 1; ts <= 10; ts++) {
      ten.add(judged(bart.signed(ts, large(large)), "bart"));
    }

    assertThat(room).isLessThan(10);
    assertThat(ten.size()).isEqualTo(room);
    assertThat(times(ten.release())).endsWith(10L);
  }

  @Test
  void flood_for_one_name_does_not_displace_other_names() {
    Quarantine hundred = new Quarantine(100, name -> Standing.UNKNOWN);
    for (int ts = 1; ts <= 10; ts++) {
      hundred.add(waiting("bart", ts));
    }
    for (int ts = 1; ts <= 1_000; ts++) {
      hundred.add(waiting("flood", ts));
    }
    assertThat(hundred.missingKeys()).isEqualTo(Map.of("bart", 10, "flood", 90));
  }

  @Test
  void invented_names_do_not_displace_a_name_with_many_events() {
    Quarantine thousand = new Quarantine(1_000, name -> Standing.UNKNOWN);
    for (int ts = 1; ts <= 900; ts++) {
      thousand.add(waiting("bart", ts));
    }
    for (int i = 0; i < 2_000; i++) {
      thousand.add(waiting("nobody " + i, 1));
    }
    assertThat(thousand.missingKeys().get("bart")).isGreaterThan(800);
  }

  @Test
  void events_of_known_naras_keep_their_share() {
    Quarantine thousand =
        new Quarantine(
            1_000,
            name ->
                name.equals("bart")
                    ? Standing.ESTABLISHED
                    : name.equals("lisa") ? Standing.KNOWN : Standing.UNKNOWN);
    for (int ts = 1; ts <= 480; ts++) {
      thousand.add(waiting("bart", ts));
    }
    for (int ts = 1; ts <= 220; ts++) {
      thousand.add(waiting("lisa", ts));
    }
    for (int ts = 1; ts <= 100; ts++) {
      for (int i = 0; i < 40; i++) {
        thousand.add(waiting("nobody " + i, ts));
      }
    }
    assertThat(thousand.missingKeys()).containsEntry("bart", 480).containsEntry("lisa", 220);
    assertThat(thousand.size()).isEqualTo(1_000);
  }

  @Test
  void evicted_or_released_events_free_capacity() {
    for (int round = 0; round < 50; round++) {
      quarantine.add(waiting("bart", round));
      quarantine.release(Set.of("bart"));
      quarantine.add(waiting("lisa", round));
    }
    assertThat(quarantine.size()).isEqualTo(3);
    assertThat(quarantine.missingKeys()).isEqualTo(Map.of("lisa", 3));
  }

  @Test
  void only_events_that_wait_for_a_known_key_are_released() {
    quarantine.add(waiting("bart", 1));
    quarantine.add(waiting("lisa", 2));

    assertThat(times(quarantine.release(Set.of("lisa")))).containsExactly(2L);
    assertThat(quarantine.missingKeys()).isEqualTo(Map.of("bart", 1));
    assertThat(quarantine.release(Set.of("lisa"))).isEmpty();
  }

  @Test
  void quarantine_of_zero_capacity_holds_nothing() {
    Quarantine none = new Quarantine(0, name -> Standing.UNKNOWN);

    assertThat(none.add(waiting("bart", 1))).isTrue();
    assertThat(none.size()).isZero();
  }

  private static Social large(String reason) {
    return new Social("tease", "bart", "", reason, "", reason, reason);
  }

  private static List<Long> times(List<VerificationResult> verificationResults) {
    return verificationResults.stream()
        .map(result -> ((ReadResult.ParsedEvent) result.readResult()).event().ts())
        .toList();
  }

  private static VerificationResult waiting(String name, long ts) {
    return waiting(Citizen.named(name), ts, "");
  }

  private static VerificationResult waiting(Citizen emitter, long ts, String reason) {
    return judged(
        emitter.signed(ts, new Social("tease", emitter.name(), "", "x", "", reason, "")),
        emitter.name());
  }

  private static VerificationResult judged(byte[] json, String missing) {
    return new VerificationResult(
        Citizen.read(json), Verdict.UNKNOWN_EMITTER, "nobody told its key", Set.of(missing));
  }
}
