package nara.plaza;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nara.bus.Bus;
import nara.bus.Time;
import nara.plaza.PlazaRequest.AskLedgers;
import nara.plaza.PlazaRequest.LedgersAnswered;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private static final Duration QUIET = Duration.ofMillis(200);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    PlazaNode.await(vertx.close());
  }

  @Test
  void a_quiet_period_that_ends_during_a_look_ends_the_round_at_the_next_one() {
    Creeping time = new Creeping(Duration.ofMillis(70));
    PlazaConnection never =
        new PlazaConnection(
            vertx,
            PlazaNode.config("mqtt://127.0.0.1:1"),
            List.of(),
            new SplittableRandom(1),
            null);
    Rounds rounds = new Rounds(vertx, Bus.of(vertx), time, "lisa", never, QUIET);

    LedgersAnswered answered =
        PlazaNode.await(
            rounds.ask(new AskLedgers(Map.of("bart", List.of("homer")), QUIET, DEADLINE)));

    assertThat(answered.silent()).containsExactly("bart");
    assertThat(time.waits).isNotEmpty().allMatch(wait -> wait.compareTo(QUIET) <= 0);
  }

  /** Time of which some goes by each time that somebody looks; nobody is made to wait. */
  private static final class Creeping implements Time {
    private final Duration step;
    private final List<Duration> waits = new ArrayList<>();
    private Instant now = Instant.EPOCH;

    Creeping(Duration step) {
      this.step = step;
    }

    @Override
    public Instant instant() {
      now = now.plus(step);
      return now;
    }

    @Override
    public Appointment after(Vertx vertx, Duration delay, Runnable action) {
      waits.add(delay);
      now = now.plus(delay);
      vertx.runOnContext(free -> action.run());
      return () -> {};
    }
  }
}
