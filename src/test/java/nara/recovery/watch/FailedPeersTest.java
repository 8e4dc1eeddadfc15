package nara.recovery.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import nara.mesh.client.MeshRequest.Peer;
import org.junit.jupiter.api.Test;

class FailedPeersTest {
  private static final Instant END = Instant.parse("2026-11-22T20:00:00Z");
  private static final Peer BART = new Peer("bart", "10.0.0.1:7433", true);
  private static final Peer LISA = new Peer("lisa", "10.0.0.2:7433", true);

  private final FailedPeers failed = new FailedPeers();

  @Test
  void a_peer_that_gave_nothing_is_pinged_after_a_pause() {
    failed.onRecoveryEnded(List.of(BART, LISA), List.of(BART), END);

    assertThat(failed.areAwaited()).isTrue();
    assertThat(failed.due(END.plusSeconds(4))).isEmpty();
    assertThat(failed.due(END.plusSeconds(5))).containsExactly(BART.address());
    assertThat(failed.due(END.plusSeconds(86_400))).containsExactly(BART.address());
  }

  @Test
  void only_a_response_of_such_a_peer_starts_a_recovery() {
    failed.onRecoveryEnded(List.of(BART, LISA), List.of(BART), END);

    assertThat(failed.startRecovery(Set.of(), END.plusSeconds(5))).isFalse();
    assertThat(failed.startRecovery(Set.of(LISA.address()), END.plusSeconds(5))).isFalse();
    assertThat(failed.startRecovery(Set.of(BART.address()), END.plusSeconds(4))).isFalse();
    assertThat(failed.startRecovery(Set.of(BART.address()), END.plusSeconds(5))).isTrue();
  }

  @Test
  void nobody_is_awaited_once_each_peer_has_given_something() {
    assertThat(failed.areAwaited()).isFalse();
    failed.onRecoveryEnded(List.of(BART, LISA), List.of(BART, LISA), END);
    failed.onRecoveryEnded(List.of(BART), List.of(), END.plusSeconds(10));

    assertThat(failed.due(END.plusSeconds(60))).containsExactly(LISA.address());

    failed.onRecoveryEnded(List.of(BART, LISA), List.of(), END.plusSeconds(20));

    assertThat(failed.areAwaited()).isFalse();
    assertThat(failed.due(END.plusSeconds(60))).isEmpty();
  }

  @Test
  void a_peer_that_responds_and_never_gives_anything_causes_a_few_recoveries() {
    Duration followed = Duration.ZERO;
    int recoveries = 0;
    Instant now = END;
    failed.onRecoveryEnded(List.of(BART), List.of(BART), now);
    while (failed.areAwaited()) {
      Instant before = now;
      while (!failed.startRecovery(Set.of(BART.address()), now)) {
        now = now.plusSeconds(1);
      }
      assertThat(Duration.between(before, now)).isEqualTo(Duration.ofSeconds(5L << recoveries));
      recoveries++;
      followed = Duration.between(END, now);
      failed.onRecoveryEnded(List.of(BART), List.of(BART), now);
    }
    assertThat(recoveries).isEqualTo(9);
    assertThat(followed).isLessThan(Duration.ofHours(1));
    assertThat(failed.due(now.plusSeconds(86_400))).isEmpty();
  }

  @Test
  void peers_that_fail_in_turns_cause_no_more_recoveries_than_one() {
    Instant now = END;
    int recoveries = 0;
    for (int second = 0; second < 86_400; second++) {
      now = END.plusSeconds(second);
      boolean even = recoveries % 2 == 0;
      if (second == 0 || failed.startRecovery(Set.of(BART.address(), LISA.address()), now)) {
        recoveries++;
        failed.onRecoveryEnded(List.of(BART, LISA), List.of(even ? BART : LISA), now);
      }
    }
    assertThat(recoveries).isEqualTo(1 + 9);
  }

  @Test
  void the_pauses_begin_anew_after_the_end_of_the_watch() {
    failed.onRecoveryEnded(List.of(BART), List.of(BART), END);
    assertThat(failed.startRecovery(Set.of(BART.address()), END.plusSeconds(5))).isTrue();
    failed.forget();
    failed.onRecoveryEnded(List.of(BART), List.of(BART), END);

    assertThat(failed.startRecovery(Set.of(BART.address()), END.plusSeconds(5))).isTrue();
  }
}
