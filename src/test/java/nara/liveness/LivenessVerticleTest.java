package nara.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import nara.bus.Done;
import nara.clock.NetworkClock;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Ping;
import nara.identity.Witness;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.BackfilledSubjects;
import nara.ledger.LedgerRequest.MeanRtts;
import nara.ledger.LedgerRequest.MergeResult;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SightingsResult;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.MeshFailure;
import nara.opinion.OpinionNotification;
import nara.opinion.OpinionRequest;
import nara.opinion.Opinions;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node records while its other parts, and its peers, take their time to reply. */
class LivenessVerticleTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final long TEN_DAYS_AGO = NOW.minus(Duration.ofDays(10)).getEpochSecond();
  private static final Duration DELAY = Duration.ofSeconds(3);
  private static final LivenessConfig CONFIG =
      new LivenessConfig(true, true, false, Duration.ofMinutes(5));

  private final Citizen bart = Citizen.named("bart");
  private final ManualScheduler time = new ManualScheduler(NOW);
  private final NetworkClock networkClock = new NetworkClock(time);
  private final FakeBus bus = new FakeBus();
  private final BlockingQueue<Promise<PingOutcome>> pings =
      bus.hold(MeshRequest.ADDRESS, MeshRequest.PingPeer.class);
  private final BlockingQueue<Promise<SightingsResult>> sightings =
      bus.hold(LedgerRequest.ADDRESS, LedgerRequest.FindSightings.class);
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Set<String>> forgotten = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() {
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.ComputeMeanRtts.class,
        asked -> new MeanRtts(Map.of("bart", 10.0, "moe", 40.0)));
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.SummariseSubject.class,
        about -> summary(about.subject(), 0));
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.RecordObservation.class,
        record -> {
          events.add(record.observation().event());
          return new MergeResult(1, 0, 0, 0, 0);
        });
    bus.reply(
        TrustRequest.ADDRESS,
        TrustRequest.OfferEvents.class,
        offer -> {
          events.add(Citizen.read(offer.events().json()).event());
          return TrustRequest.OfferResult.NONE;
        });
    bus.reply(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.ListNeighbours.class,
        asked ->
            new NeighbourList(
                List.of(neighbour(bart, true), neighbour(Citizen.named("moe"), false)), List.of()));
    bus.reply(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.ForgetNeighbours.class,
        forget -> {
          forgotten.add(forget.names());
          return Done.DONE;
        });
    bus.deploy(
        new LivenessVerticle(
            Citizen.named("lisa").identity(), CONFIG, time, networkClock, new SplittableRandom(1)));
    bus.finishRecovery();
  }

  @AfterEach
  void close() {
    bus.close();
  }

  @Test
  void ping_is_dated_at_its_request() {
    FakeBus.next(sightings).complete(bartOnline());
    assertThat(FakeBus.next(events).payload()).isInstanceOf(Observation.class);
    time.advance(LivenessConfig.PING_INTERVAL);
    Promise<PingOutcome> asked = FakeBus.next(pings);
    time.advance(DELAY);
    asked.complete(new Pong("bart", bart.key(), "", Duration.ofMillis(5)));

    Event ping = FakeBus.next(events);
    assertThat(ping.payload()).isInstanceOf(Ping.class);
    assertThat(ping.ts()).isEqualTo(Event.unixNanos(NOW.plus(LivenessConfig.PING_INTERVAL)));
  }

  @Test
  void observation_is_dated_at_its_check() {
    Promise<SightingsResult> asked = FakeBus.next(sightings);
    time.advance(DELAY);
    asked.complete(bartOnline());

    Event seen = FakeBus.next(events);
    assertThat(((Observation) seen.payload()).type()).isEqualTo(Observation.FIRST_SEEN);
    assertThat(seen.ts()).isEqualTo(Event.unixNanos(NOW));
  }

  @Test
  void resumed_node_judges_nobody_before_there_was_time_to_hear_them() {
    FakeBus.next(sightings).complete(bartOnline());
    FakeBus.next(events);
    bus.reply(LedgerRequest.ADDRESS, LedgerRequest.FindSightings.class, asked -> bartSilent());
    bus.reply(
        MeshRequest.ADDRESS,
        MeshRequest.PingPeer.class,
        ping -> new MeshRequest.PingFailed(MeshFailure.UNREACHABLE, ""));
    time.setClock(Duration.ofSeconds(320));
    for (int check = 1; check < 30; check++) {
      checkNow();
    }
    assertThat(events).as("before it had time to hear bart").isEmpty();

    checkNow();
    checkNow();
    Observation missing = null;
    while (missing == null) {
      checkNow();
      Event next = events.poll();
      missing = next == null ? null : (Observation) next.payload();
    }
    assertThat(missing.onlineState()).isEqualTo("MISSING");
  }

  @Test
  void node_with_a_wrong_clock_judges_nobody() {
    FakeBus.next(sightings).complete(bartOnline());
    FakeBus.next(events);
    bus.reply(LedgerRequest.ADDRESS, LedgerRequest.FindSightings.class, asked -> bartSilent());
    bus.reply(
        MeshRequest.ADDRESS,
        MeshRequest.PingPeer.class,
        ping -> new MeshRequest.PingFailed(MeshFailure.UNREACHABLE, ""));
    for (String host : List.of("10.0.0.1", "10.0.0.2")) {
      networkClock.record(new Witness(host, true), NOW.minus(Duration.ofHours(1)), NOW);
    }
    for (int check = 0; check < 40; check++) {
      checkNow();
    }

    assertThat(events).isEmpty();
  }

  private void checkNow() {
    long before = counts().checks();
    time.advance(LivenessConfig.CHECK_INTERVAL);
    FakeBus.until(this::counts, counts -> counts.checks() > before);
  }

  private LivenessRequest.LivenessCounts counts() {
    return bus.ask(LivenessRequest.ADDRESS, new LivenessRequest.GetLivenessCounts());
  }

  @Test
  void round_trips_start_with_the_means_of_the_recovered_ledger_and_move_with_each_ping() {
    FakeBus.next(sightings).complete(bartOnline());
    FakeBus.until(this::roundTrips, averages -> averages.equals(Map.of("bart", 10.0, "moe", 40.0)));
    FakeBus.next(events);
    time.advance(LivenessConfig.PING_INTERVAL);
    FakeBus.next(pings).complete(new Pong("bart", bart.key(), "", Duration.ofMillis(20)));

    FakeBus.until(this::roundTrips, averages -> averages.equals(Map.of("bart", 13.0, "moe", 40.0)));
  }

  @Test
  void pong_with_another_key_is_ignored() {
    FakeBus.next(sightings).complete(bartOnline());
    FakeBus.next(events);
    time.advance(LivenessConfig.PING_INTERVAL);
    Citizen impostor = Citizen.impostor("bart");
    FakeBus.next(pings).complete(new Pong("bart", impostor.key(), "", Duration.ofMillis(20)));
    bus.ask(LivenessRequest.ADDRESS, new LivenessRequest.GetLivenessCounts());

    assertThat(roundTrips()).containsEntry("bart", 10.0);
    assertThat(events).isEmpty();
  }

  @Test
  void last_opinion_pass_backfills_online_neighbours_and_expires_others() {
    bus.reply(
        OpinionRequest.ADDRESS,
        OpinionRequest.GetOpinions.class,
        asked ->
            new Opinions(
                1,
                true,
                1,
                1,
                Map.of("bart", summary("bart", TEN_DAYS_AGO), "moe", summary("moe", TEN_DAYS_AGO)),
                Map.of()));
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.FindBackfilled.class,
        asked -> new BackfilledSubjects(Set.of()));
    FakeBus.next(sightings).complete(bartOnline());
    FakeBus.next(events);
    // A neighbour that is known for ten days expires after seven days away.
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.FindSightings.class,
        asked ->
            new SightingsResult(
                Map.of(
                    "bart",
                    new Sighting("ONLINE", "ONLINE", Event.unixNanos(NOW), ""),
                    "moe",
                    new Sighting(
                        "OFFLINE",
                        "OFFLINE",
                        Event.unixNanos(NOW.minus(Duration.ofDays(9))),
                        ""))));
    bus.publish(OpinionNotification.ADDRESS, new OpinionNotification.PassEnded(1, true));

    Observation backfill = (Observation) FakeBus.next(events).payload();
    assertThat(backfill.isBackfill()).isTrue();
    assertThat(backfill.subject()).isEqualTo("bart");
    assertThat(FakeBus.next(forgotten)).containsExactly("moe");
    assertThat(
            FakeBus.until(
                () -> bus.ask(LivenessRequest.ADDRESS, new LivenessRequest.GetLivenessCounts()),
                counts -> counts.expired() == 1))
        .returns(2L, LivenessRequest.LivenessCounts::observations);
    FakeBus.until(this::roundTrips, averages -> averages.keySet().equals(Set.of("bart")));
    assertThat(events).isEmpty();
  }

  private Map<String, Double> roundTrips() {
    return bus.ask(LivenessRequest.ADDRESS, new LivenessRequest.GetRoundTripTimes())
        .averageByTarget();
  }

  private static SightingsResult bartOnline() {
    return new SightingsResult(
        Map.of("bart", new Sighting("ONLINE", "ONLINE", Event.unixNanos(NOW), "")));
  }

  private static SightingsResult bartSilent() {
    return new SightingsResult(
        Map.of("bart", new Sighting("MISSING", "ONLINE", Event.unixNanos(NOW), "ONLINE")));
  }

  private static Neighbour neighbour(Citizen citizen, boolean online) {
    return new Neighbour(
        citizen.name(),
        citizen.id(),
        online ? "h:1" : "",
        Optional.of(citizen.key()),
        Set.of(Neighbour.Source.PLAZA),
        online);
  }

  private static SubjectSummary summary(String name, long firstSeen) {
    return new SubjectSummary(name, 0, 0, firstSeen, "", "ONLINE", new Opinion(0, 0, 0));
  }
}
