package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Ping;
import nara.event.Service;
import nara.event.Verdict;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class LedgerVerticleTest {
  private final Event hello =
      TestEvents.signed(TestEvents.SECOND, "lisa", new HeyThere("lisa", "key", "", "", ""));
  private final Event ping =
      TestEvents.event(2 * TestEvents.SECOND, new Ping("lisa", "", "bart", "", 2.5));

  @Test
  void ledger_verticle_replies_to_each_request(Vertx vertx, VertxTestContext test) {
    Bus bus = Bus.of(vertx);
    LedgerVerticle verticle =
        new LedgerVerticle(
            LedgerConfig.ofSize(10), n -> Standing.ESTABLISHED, RandomGenerator.getDefault());
    vertx
        .deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
        .compose(
            id ->
                ask(
                    bus,
                    new LedgerRequest.MergeEvents(
                        List.of(TestEvents.unsigned(ping), new JudgedEvent(hello, Verdict.VALID)))))
        .compose(
            result ->
                Future.all(
                    List.of(
                        ask(bus, new LedgerRequest.FindValidIds(List.of(hello.id(), ping.id()))),
                        ask(
                            bus,
                            new LedgerRequest.QueryEvents(
                                new Query.Page(Long.MIN_VALUE, 10, Query.Filter.ALL))),
                        ask(bus, new LedgerRequest.ListCheckpoints(0, 10)),
                        ask(bus, new LedgerRequest.ExportEvents()),
                        ask(bus, new LedgerRequest.ReadLedgerStats()),
                        ask(bus, new LedgerRequest.ComputeMeanRtts(Set.of("lisa"))),
                        ask(bus, new LedgerRequest.SummariseSubject("lisa", 3)),
                        ask(bus, new LedgerRequest.SummariseAllSubjects(3)),
                        ask(bus, new LedgerRequest.FindByEmitter("lisa")),
                        ask(bus, new LedgerRequest.RemoveEvents(List.of(hello))))))
        .onComplete(
            test.succeeding(
                answers ->
                    test.verify(
                        () -> {
                          LedgerRequest.ValidIds valid = answers.resultAt(0);
                          assertThat(valid.valid().stream().toArray()).isEmpty();
                          LedgerRequest.QueryResult page = answers.resultAt(1);
                          assertThat(page.events()).containsExactly(hello, ping);
                          LedgerRequest.CheckpointPage none = answers.resultAt(2);
                          assertThat(none.total()).isZero();
                          LedgerRequest.EventExport all = answers.resultAt(3);
                          assertThat(all.events()).containsExactly(hello, ping);
                          LedgerRequest.LedgerStats stats = answers.resultAt(4);
                          assertThat(stats.byService())
                              .isEqualTo(Map.of(Service.PING, 1, Service.HEY_THERE, 1));
                          LedgerRequest.MeanRtts means = answers.resultAt(5);
                          assertThat(means.millisByTarget()).isEqualTo(Map.of("bart", 2.5));
                          LedgerRequest.SubjectSummary lisa = answers.resultAt(6);
                          assertThat(lisa.status()).isEqualTo("ONLINE");
                          LedgerRequest.SubjectSummaries everybody = answers.resultAt(7);
                          assertThat(everybody.bySubject()).containsOnlyKeys("lisa", "bart");
                          LedgerRequest.VariantExport signed = answers.resultAt(8);
                          assertThat(signed.events()).hasSize(1);
                          LedgerRequest.RemovalResult removal = answers.resultAt(9);
                          assertThat(removal.removed()).isEqualTo(1);
                          test.completeNow();
                        })));
  }

  private static <R extends BusMessage> Future<R> ask(Bus bus, Request<R> request) {
    return bus.request(LedgerRequest.ADDRESS, request, Duration.ofSeconds(10));
  }
}
