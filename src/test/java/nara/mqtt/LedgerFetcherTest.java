package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nara.bus.Scheduler;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LedgerFetcherTest {
  private static final Duration QUIET = Duration.ofMillis(200);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    TestPlazaNode.await(vertx.close());
  }

  @Test
  void fetch_ends_at_the_next_check_when_the_stall_timeout_ends_during_a_check() {
    SelfAdvancingTime time = new SelfAdvancingTime(Duration.ofMillis(70));
    PlazaConnection never =
        new PlazaConnection(
            vertx,
            TestPlazaNode.config("mqtt://127.0.0.1:1"),
            List.of(),
            time,
            new SplittableRandom(1),
            null);
    LedgerFetcher fetcher = new LedgerFetcher(vertx, time, "lisa", never, QUIET);

    LedgersFetched answered =
        TestPlazaNode.await(
            fetcher.fetch(new FetchLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE)));

    assertThat(answered.unanswered()).containsExactly("bart");
    assertThat(time.waits).isNotEmpty().allMatch(wait -> wait.compareTo(QUIET) <= 0);
  }

  /** A clock that advances at each call. Its timers fire at once. */
  private static final class SelfAdvancingTime implements Scheduler {
    private final Duration step;
    private final List<Duration> waits = new ArrayList<>();
    private Instant now = Instant.EPOCH;

    SelfAdvancingTime(Duration step) {
      this.step = step;
    }

    @Override
    public Instant instant() {
      now = now.plus(step);
      return now;
    }

    @Override
    public TimerHandle schedule(Vertx vertx, Duration delay, Runnable action) {
      waits.add(delay);
      now = now.plus(delay);
      vertx.runOnContext(free -> action.run());
      return () -> {};
    }
  }
}
