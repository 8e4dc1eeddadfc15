package nara.opinion;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.SubjectSummaries;
import nara.ledger.LedgerVerticle;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class OpinionVerticleTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final long NOW = 1_000;

  private static final OpinionConfig ONE_PASS = new OpinionConfig(1, SOON, SOON);

  @Test
  void opinions_do_not_form_before_recovery_is_done(Vertx vertx, VertxTestContext test) {
    Bus bus = Bus.of(vertx);
    deploy(vertx, ONE_PASS)
        .compose(id -> merge(bus))
        .compose(
            mergeResult ->
                bus.request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinion("lisa"), SOON))
        .onComplete(
            test.succeeding(
                lisa ->
                    test.verify(
                        () -> {
                          assertThat(lisa.formed()).isFalse();
                          assertThat(lisa.derived()).isEmpty();
                          test.completeNow();
                        })));
  }

  @Test
  void opinions_form_when_the_recovery_is_done(Vertx vertx, VertxTestContext test) {
    Bus bus = Bus.of(vertx);
    Promise<Void> formed = Promise.promise();
    deploy(vertx, ONE_PASS)
        .compose(id -> merge(bus))
        .onSuccess(
            mergeResult -> {
              bus.publish(RecoveryNotification.ADDRESS, finished());
              askUntilFormed(bus, formed);
            });
    formed
        .future()
        .compose(
            done -> bus.request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions(), SOON))
        .onComplete(
            test.succeeding(
                all ->
                    test.verify(
                        () -> {
                          assertThat(all.formed()).isTrue();
                          assertThat(all.atSeconds()).isEqualTo(NOW);
                          assertThat(all.bySubject().get("lisa").status()).isEqualTo("ONLINE");
                          test.completeNow();
                        })));
  }

  @Test
  void there_are_as_many_passes_as_configured_and_a_second_done_starts_no_more(
      Vertx vertx, VertxTestContext test) {
    Bus bus = Bus.of(vertx);
    AtomicInteger asked = new AtomicInteger();
    Promise<Void> third = Promise.promise();
    MessageConsumer<BusMessage> ledger =
        bus.serve(
            LedgerRequest.ADDRESS,
            LedgerRequest.class,
            request -> {
              if (asked.incrementAndGet() == 3) {
                third.complete();
              }
              return Future.succeededFuture(new SubjectSummaries(Map.of()));
            });
    OpinionConfig config = new OpinionConfig(3, Duration.ZERO, SOON);
    ledger
        .completion()
        .compose(
            served ->
                vertx.deployVerticle(
                    new OpinionVerticle("me", config, new ManualScheduler(NOW_INSTANT))))
        .compose(
            id -> {
              bus.publish(RecoveryNotification.ADDRESS, finished());
              bus.publish(RecoveryNotification.ADDRESS, finished());
              return third.future();
            })
        .compose(
            done -> bus.request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions(), SOON))
        .onComplete(
            test.succeeding(
                all ->
                    test.verify(
                        () -> {
                          assertThat(asked).hasValue(3);
                          assertThat(all.formed()).isTrue();
                          test.completeNow();
                        })));
  }

  @Test
  void a_verticle_that_stops_between_two_passes_forms_no_more(Vertx vertx, VertxTestContext test) {
    Bus bus = Bus.of(vertx);
    Promise<Void> formed = Promise.promise();
    deploy(vertx, new OpinionConfig(6, Duration.ofHours(1), SOON))
        .onSuccess(
            id -> {
              bus.publish(RecoveryNotification.ADDRESS, finished());
              askUntilFormed(bus, formed);
            })
        .compose(id -> formed.future().compose(done -> vertx.undeploy(id)))
        .onComplete(test.succeedingThenComplete());
  }

  private static final Instant NOW_INSTANT = Instant.ofEpochSecond(NOW);

  private static Future<String> deploy(Vertx vertx, OpinionConfig config) {
    return vertx
        .deployVerticle(
            () ->
                new LedgerVerticle(
                    LedgerConfig.ofSize(100), name -> true, RandomGenerator.getDefault()),
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
        .compose(
            id ->
                vertx.deployVerticle(
                    new OpinionVerticle("me", config, new ManualScheduler(NOW_INSTANT))));
  }

  private static Future<LedgerRequest.MergeResult> merge(Bus bus) {
    HeyThere hello = new HeyThere("lisa", "key", "", "", "");
    long ts = (NOW - 1) * 1_000_000_000;
    String id = Event.idOf(ts, hello.service(), hello.content()).toString();
    byte[] json = EventWriter.write(id, ts, "", "", "", hello);
    Event event = ((ReadResult.ParsedEvent) new EventReader().read(json)).event();
    return bus.request(
        LedgerRequest.ADDRESS,
        new LedgerRequest.MergeEvents(List.of(new JudgedEvent(event, Verdict.UNSIGNED))),
        SOON);
  }

  private static void askUntilFormed(Bus bus, Promise<Void> formed) {
    bus.request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions(), SOON)
        .onSuccess(
            all -> {
              if (all.formed()) {
                formed.complete();
              } else {
                askUntilFormed(bus, formed);
              }
            })
        .onFailure(formed::fail);
  }

  private static RecoveryNotification finished() {
    return new RecoveryNotification.RecoveryFinished(Report.empty("complete"));
  }
}
