package nara.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Ping;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.MeanRtts;
import nara.ledger.LedgerRequest.MergeResult;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SightingsResult;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.mesh.client.MeshRequest;
import nara.node.Blocking;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node writes down while other parts of it, and others, take their time to answer. */
class LivenessVerticleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration MEANWHILE = Duration.ofSeconds(3);

  private static final LivenessConfig CONFIG = LivenessConfig.of(true, true, Duration.ofMinutes(5));

  private final Citizen bart = Citizen.named("bart");
  private final ManualScheduler time = new ManualScheduler(NOW);
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.of(vertx);
  private final BlockingQueue<Promise<MeshRequest.PingOutcome>> pings = new LinkedBlockingQueue<>();
  private final BlockingQueue<Promise<SightingsResult>> sightings = new LinkedBlockingQueue<>();
  private final BlockingQueue<Event> said = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() {
    bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, this::onLedger);
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::onTrust);
    bus.serve(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.class,
        request -> Future.succeededFuture(neighbourhood()));
    bus.serve(MeshRequest.ADDRESS, MeshRequest.class, request -> later(pings));
    Blocking.await(
        vertx.deployVerticle(
            new LivenessVerticle(
                Citizen.named("lisa").identity(), CONFIG, time, new SplittableRandom(1))),
        PATIENCE);
    bus.publish(RecoveryNotification.ADDRESS, finished());
  }

  @AfterEach
  void close() {
    Blocking.await(vertx.close(), PATIENCE);
  }

  @Test
  void ping_is_dated_at_its_request() {
    answerLook();
    assertThat(take(said).payload()).isInstanceOf(Observation.class);
    time.advance(CONFIG.pingInterval());
    Promise<MeshRequest.PingOutcome> asked = take(pings);
    time.advance(MEANWHILE);
    asked.complete(new MeshRequest.Pong("bart", bart.key(), "", Duration.ofMillis(5)));

    Event ping = take(said);
    assertThat(ping.payload()).isInstanceOf(Ping.class);
    assertThat(ping.ts()).isEqualTo(Event.unixNanos(NOW.plus(CONFIG.pingInterval())));
  }

  @Test
  void observation_is_dated_at_its_check() {
    Promise<SightingsResult> asked = take(sightings);
    time.advance(MEANWHILE);
    asked.complete(bartIsThere());

    Event seen = take(said);
    assertThat(((Observation) seen.payload()).type()).isEqualTo(Observation.FIRST_SEEN);
    assertThat(seen.ts()).isEqualTo(Event.unixNanos(NOW));
  }

  private void answerLook() {
    take(sightings).complete(bartIsThere());
  }

  private static SightingsResult bartIsThere() {
    return new SightingsResult(
        Map.of("bart", new Sighting("ONLINE", "ONLINE", Event.unixNanos(NOW), "")));
  }

  private DiscoveryRequest.NeighbourList neighbourhood() {
    return new DiscoveryRequest.NeighbourList(
        List.of(
            new Neighbour(
                "bart",
                bart.id(),
                "h:1",
                Optional.of(bart.key()),
                Set.of(Neighbour.Source.PLAZA),
                true)),
        List.of());
  }

  private Future<? extends BusMessage> onLedger(LedgerRequest<?> request) {
    return switch (request) {
      case LedgerRequest.ComputeMeanRtts averages -> Future.succeededFuture(new MeanRtts(Map.of()));
      case LedgerRequest.FindSightings asked -> later(sightings);
      case LedgerRequest.SummariseSubject about ->
          Future.succeededFuture(
              new SubjectSummary(about.subject(), 0, 0, 0, "", "ONLINE", new Opinion(0, 0, 0)));
      case LedgerRequest.RecordObservation recordObservation -> {
        said.add(recordObservation.observation().event());
        yield Future.succeededFuture(new MergeResult(1, 0, 0, 0, 0));
      }
      default -> Future.failedFuture("not needed here: " + request);
    };
  }

  private Future<? extends BusMessage> onTrust(TrustRequest<?> request) {
    if (request instanceof TrustRequest.OfferEvents offerEvents) {
      said.add(Citizen.read(offerEvents.json()).event());
    }
    return Future.succeededFuture(TrustRequest.OfferResult.NONE);
  }

  private static <T> Future<T> later(BlockingQueue<Promise<T>> asked) {
    Promise<T> answer = Promise.promise();
    asked.add(answer);
    return answer.future();
  }

  private static <T> T take(BlockingQueue<T> from) {
    try {
      T taken = from.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(taken).isNotNull();
      return taken;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static RecoveryNotification finished() {
    return new RecoveryNotification.RecoveryFinished(Report.empty("complete"));
  }
}
