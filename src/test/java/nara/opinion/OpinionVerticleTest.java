package nara.opinion;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummaries;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.LedgerVerticle;
import nara.opinion.OpinionNotification.PassEnded;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.presence.Presence;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpinionVerticleTest {
  private static final long NOW = 1_000;
  private static final OpinionConfig CONFIG =
      new OpinionConfig(3, Duration.ofSeconds(30), Duration.ofSeconds(10), "");

  private final ManualScheduler time = new ManualScheduler(Instant.ofEpochSecond(NOW));
  private final FakeBus bus = new FakeBus();
  private final BlockingQueue<OpinionNotification> notifications =
      bus.published(OpinionNotification.ADDRESS, OpinionNotification.class);

  @AfterEach
  void close() {
    bus.close();
  }

  @Test
  void opinions_do_not_form_before_recovery_is_done() {
    deploy();
    time.advance(Duration.ofHours(1));

    assertThat(opinions().formed()).isFalse();
    assertThat(opinions().bySubject()).isEmpty();
  }

  @Test
  void opinions_form_from_the_ledger_when_the_recovery_is_done() {
    bus.deploy(
        new LedgerVerticle(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED, new Random(1)));
    byte[] hello = Citizen.named("lisa").heyThere((NOW - 1) * 1_000_000_000, "");
    bus.ask(
        LedgerRequest.ADDRESS,
        new LedgerRequest.MergeEvents(
            List.of(new JudgedEvent(Citizen.read(hello).event(), Verdict.VALID))));
    bus.deploy(new OpinionVerticle("me", CONFIG, time));
    assertThat(opinions().bySubject()).isEmpty();
    bus.finishRecovery();
    FakeBus.next(notifications);

    assertThat(opinions().formed()).isTrue();
    assertThat(opinions().atSeconds()).isEqualTo(NOW);
    assertThat(opinions().bySubject().get("lisa").status()).isEqualTo("ONLINE");
  }

  @Test
  void passes_are_as_many_as_configured_when_the_recovery_finishes_twice() {
    deploy();
    bus.finishRecovery();
    bus.finishRecovery();
    assertThat(FakeBus.next(notifications)).isEqualTo(new PassEnded(1, false));
    time.advance(CONFIG.passInterval());
    assertThat(FakeBus.next(notifications)).isEqualTo(new PassEnded(2, false));
    time.advance(CONFIG.passInterval());
    assertThat(FakeBus.next(notifications)).isEqualTo(new PassEnded(3, true));

    assertThat(time.pendingTimes()).isEmpty();
    assertThat(opinions().passes()).isEqualTo(3);
    assertThat(notifications).isEmpty();
  }

  @Test
  void failed_pass_keeps_the_opinions_and_the_next_pass_follows() {
    deploy();
    bus.finishRecovery();
    FakeBus.next(notifications);
    BlockingQueue<Promise<SubjectSummaries>> asked =
        bus.hold(LedgerRequest.ADDRESS, LedgerRequest.SummariseAllSubjects.class);
    time.advance(CONFIG.passInterval());
    FakeBus.next(asked).fail("the ledger is stopping");

    assertThat(FakeBus.next(notifications)).isEqualTo(new PassEnded(2, false));
    assertThat(opinions().bySubject()).containsKey("lisa");
    time.advance(CONFIG.passInterval());
    FakeBus.next(asked).complete(new SubjectSummaries(Map.of()));
    assertThat(FakeBus.next(notifications)).isEqualTo(new PassEnded(3, true));
    assertThat(opinions().bySubject()).isEmpty();
  }

  @Test
  void no_pass_follows_when_the_verticle_stops_between_two() {
    String deployment = deploy();
    bus.finishRecovery();
    FakeBus.next(notifications);
    assertThat(time.pendingTimes()).hasSize(1);

    bus.undeploy(deployment);

    assertThat(time.pendingTimes()).isEmpty();
  }

  @Test
  void own_start_time_is_that_of_the_votes_else_of_the_ledger_else_of_the_process() {
    deploy();
    assertThat(ownHistory()).isEqualTo(new OwnHistory(NOW, 0, NOW, 0));
    bus.finishRecovery();
    FakeBus.next(notifications);
    assertThat(ownHistory()).isEqualTo(new OwnHistory(300, 7, NOW, 0));

    vote("bart", 200);
    vote("lisa", 200);

    assertThat(FakeBus.until(this::ownHistory, history -> history.votes() == 2))
        .isEqualTo(new OwnHistory(200, 7, NOW, 2));
  }

  private void vote(String voter, long startTime) {
    bus.publish(Presence.ADDRESS, new Presence.ObservationReceived(voter, 50, startTime));
  }

  private String deploy() {
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.SummariseAllSubjects.class,
        asked ->
            new SubjectSummaries(
                Map.of("lisa", summary("lisa", 0, 0), "me", summary("me", 300, 7))));
    return bus.deploy(new OpinionVerticle("me", CONFIG, time));
  }

  private static SubjectSummary summary(String subject, long startTime, long restarts) {
    return new SubjectSummary(subject, 0, 0, 0, "", "ONLINE", new Opinion(startTime, restarts, 0));
  }

  private Opinions opinions() {
    return bus.ask(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions());
  }

  private OwnHistory ownHistory() {
    return bus.ask(OpinionRequest.ADDRESS, new OpinionRequest.GetOwnHistory());
  }
}
