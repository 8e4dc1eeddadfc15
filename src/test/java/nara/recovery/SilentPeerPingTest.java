package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.SilentPeers;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.wire.MeshFailure;
import nara.recovery.RecoveryConfig.Rung;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Silent configured peers while a recovery waits for its only neighbour, which is lost. */
class SilentPeerPingTest {
  private final HeldRecovery recovery = new HeldRecovery();
  private final ManualScheduler time = recovery.time;
  private final BlockingQueue<Promise<FetchOutcome>> fetches = recovery.fetches;

  @AfterEach
  void close() {
    recovery.close();
  }

  @Test
  void silent_peers_are_pinged_again_two_seconds_after_the_last_ping_has_ended() {
    BlockingQueue<Promise<SilentPeers>> pings =
        recovery.bus.hold(DiscoveryRequest.ADDRESS, DiscoveryRequest.PingSilentPeers.class);
    recovery.start(Rung.PAGES);
    FakeBus.next(fetches).complete(RecoveryScenario.fetched(10));
    FakeBus.next(fetches).complete(new FetchFailed(MeshFailure.UNREACHABLE, "refused"));

    // The wait for the retry, at most 0.6 s, begins before the ping.
    Promise<SilentPeers> first = FakeBus.next(pings);
    time.advance(Duration.ofMillis(600));
    FakeBus.next(fetches).complete(new FetchFailed(MeshFailure.UNREACHABLE, "refused"));
    Duration longestPause = Duration.ofMillis(1_200);
    awaitTimerWithin(longestPause);
    time.advance(longestPause);
    Promise<FetchOutcome> openRetry = FakeBus.next(fetches);
    assertThat(pings).as("another ping while the first one is under way").isEmpty();

    first.complete(new SilentPeers(List.of(), Set.of()));
    awaitTimerWithin(RecoveryLimits.SILENT_PING_INTERVAL);
    time.advance(RecoveryLimits.SILENT_PING_INTERVAL);
    assertThat(FakeBus.next(pings).future().isComplete()).isFalse();
    assertThat(openRetry.future().isComplete()).isFalse();
  }

  /** Waits until a timer is set that fires within that time. */
  private void awaitTimerWithin(Duration wait) {
    Instant latest = time.instant().plus(wait);
    FakeBus.until(
        time::pendingTimes, times -> times.stream().anyMatch(each -> !each.isAfter(latest)));
  }
}
