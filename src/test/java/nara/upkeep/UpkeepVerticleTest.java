package nara.upkeep;

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
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.LedgerRequest.Merged;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.PingMeans;
import nara.ledger.LedgerRequest.Sighted;
import nara.ledger.LedgerRequest.Sighting;
import nara.mesh.MeshRequest;
import nara.node.Blocking;
import nara.recovery.RecoveryNews;
import nara.recovery.Report;
import nara.testing.Citizen;
import nara.testing.HandTime;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node writes down while other parts of it, and others, take their time to answer. */
class UpkeepVerticleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration MEANWHILE = Duration.ofSeconds(3);

  private static final UpkeepConfig CONFIG = UpkeepConfig.of(true, true, Duration.ofMinutes(5));

  private final Citizen bart = Citizen.named("bart");
  private final HandTime time = new HandTime(NOW);
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.of(vertx);
  private final BlockingQueue<Promise<MeshRequest.PingOutcome>> pings = new LinkedBlockingQueue<>();
  private final BlockingQueue<Promise<Sighted>> sightings = new LinkedBlockingQueue<>();
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
            new UpkeepVerticle(
                Citizen.named("lisa").identity(), CONFIG, time, new SplittableRandom(1))),
        PATIENCE);
    bus.tell(RecoveryNews.ADDRESS, finished());
  }

  @AfterEach
  void close() {
    Blocking.await(vertx.close(), PATIENCE);
  }

  @Test
  void a_ping_is_of_the_moment_in_which_it_was_asked_however_late_the_answer_is_taken() {
    answerLook();
    assertThat(take(said).payload()).isInstanceOf(Observation.class);
    time.advance(CONFIG.ping());
    Promise<MeshRequest.PingOutcome> asked = take(pings);
    time.advance(MEANWHILE);
    asked.complete(new MeshRequest.Pong("bart", bart.key(), "", Duration.ofMillis(5)));

    Event ping = take(said);
    assertThat(ping.payload()).isInstanceOf(Ping.class);
    assertThat(ping.ts()).isEqualTo(Event.nanos(NOW.plus(CONFIG.ping())));
  }

  @Test
  void what_a_look_has_seen_is_of_the_moment_in_which_it_looked_however_long_it_took() {
    Promise<Sighted> asked = take(sightings);
    time.advance(MEANWHILE);
    asked.complete(bartIsThere());

    Event seen = take(said);
    assertThat(((Observation) seen.payload()).type()).isEqualTo(Observation.FIRST_SEEN);
    assertThat(seen.ts()).isEqualTo(Event.nanos(NOW));
  }

  private void answerLook() {
    take(sightings).complete(bartIsThere());
  }

  private static Sighted bartIsThere() {
    return new Sighted(Map.of("bart", new Sighting("ONLINE", "ONLINE", Event.nanos(NOW), "")));
  }

  private DiscoveryRequest.Neighbourhood neighbourhood() {
    return new DiscoveryRequest.Neighbourhood(
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
      case LedgerRequest.PingAverages averages -> Future.succeededFuture(new PingMeans(Map.of()));
      case LedgerRequest.Sightings asked -> later(sightings);
      case LedgerRequest.AboutSubject about ->
          Future.succeededFuture(
              new Derived(about.subject(), 0, 0, 0, "", "ONLINE", new Opinion(0, 0, 0)));
      case LedgerRequest.Observe observe -> {
        said.add(observe.observation().event());
        yield Future.succeededFuture(new Merged(1, 0, 0, 0, 0));
      }
      default -> Future.failedFuture("not needed here: " + request);
    };
  }

  private Future<? extends BusMessage> onTrust(TrustRequest<?> request) {
    if (request instanceof TrustRequest.Offer offer) {
      said.add(Citizen.read(offer.json()).event());
    }
    return Future.succeededFuture(TrustRequest.Offered.NOTHING);
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

  private static RecoveryNews finished() {
    return new RecoveryNews.Finished(
        new Report(
            "complete",
            List.of(),
            "2026-01-01T00:00:00Z",
            1,
            List.of(),
            List.of(),
            new Report.Events(0, 0, 0, 0, 0, 0, Map.of()),
            new Report.Checkpoints(0, 0, 0, 0),
            0,
            new Report.Ledger(0, Map.of())));
  }
}
