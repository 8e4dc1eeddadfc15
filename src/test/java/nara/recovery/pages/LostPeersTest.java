package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.wire.MeshFailure;
import nara.recovery.RecoveryConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Neighbours that lose their connections in the middle of a recovery, in virtual time. */
class LostPeersTest {
  private static final RecoveryConfig CONFIG = RecoveryConfig.defaults(MemoryMode.HOG);
  private static final Instant DEADLINE = Instant.EPOCH.plusSeconds(120);

  private final SimulatedNetwork network = new SimulatedNetwork();
  private final List<EventRef> all = network.makeEvents(20_000, i -> i * 1_000);
  private final AtomicInteger answers = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8})
  void the_only_neighbour_that_is_away_for_two_seconds_gives_everything(int afterAnswers) {
    network.peerScores.setDeadline(DEADLINE);
    network.addPeer("only", all);
    leaving("only", afterAnswers, Duration.ofSeconds(2));

    PagesRung rung = network.recover(CONFIG);

    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(rung.lossDescription()).isEmpty();
    assertThat(Duration.between(Instant.EPOCH, network.now)).isLessThan(Duration.ofSeconds(8));
  }

  @Test
  void a_neighbour_that_stays_away_costs_no_more_than_the_deadline() {
    network.peerScores.setDeadline(DEADLINE);
    network.addPeer("only", all);
    leaving("only", 5, Duration.ofDays(1));

    PagesRung rung = network.recover(CONFIG);

    assertThat(rung.lossDescription()).isNotEmpty();
    assertThat(network.now).isBetween(DEADLINE.minusSeconds(1), DEADLINE.plusSeconds(10));
    assertThat(network.calls.get("only")).as("requests").isLessThan(60);
  }

  @Test
  void nobody_waits_for_a_lost_neighbour_whose_events_others_give() {
    network.peerScores.setDeadline(DEADLINE);
    network.addPeer("stays", all);
    network.addPeer("leaves", all);
    leaving("leaves", 3, Duration.ofDays(1));

    network.recover(CONFIG);

    assertThat(network.held.keySet()).hasSize(all.size());
    assertThat(network.now).isBefore(Instant.EPOCH.plusSeconds(5));
  }

  @Test
  void a_stranger_that_never_answered_is_not_awaited() {
    network.peerScores.setDeadline(DEADLINE);
    network.addPeer("stranger", all);
    leaving("stranger", 0, Duration.ofDays(1));

    assertThat(network.recover(CONFIG).failed()).isTrue();
    assertThat(network.now).isBefore(Instant.EPOCH.plusSeconds(5));
  }

  /** The peer refuses connections for that time after so many answers. */
  private void leaving(String leaver, int afterAnswers, Duration away) {
    Instant[] left = new Instant[1];
    network.filteringResponses(
        (peer, query, answer) -> {
          if (!peer.equals(leaver) || answers.incrementAndGet() <= afterAnswers) {
            return answer;
          }
          left[0] = left[0] == null ? network.now : left[0];
          return network.now.isBefore(left[0].plus(away))
              ? new FetchFailed(MeshFailure.UNREACHABLE, "refused")
              : answer;
        });
  }
}
