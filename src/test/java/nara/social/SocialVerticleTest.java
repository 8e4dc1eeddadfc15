package nara.social;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import nara.bus.Request;
import nara.coordinates.Coordinate;
import nara.coordinates.OwnCoordinate;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.gossip.GossipRequest;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.liveness.LivenessNotification;
import nara.liveness.LivenessRequest;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.mesh.client.MeshRequest;
import nara.mqtt.PlazaNotification;
import nara.presence.Presence;
import nara.profile.Flair;
import nara.profile.HostStats;
import nara.profile.OwnStatus;
import nara.profile.Profile;
import nara.profile.Status;
import nara.social.SocialRequest.MapNode;
import nara.stash.StashRequest;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.testing.Statuses;
import nara.trust.TrustNotification;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node makes of the statuses, comings and goings of others. */
class SocialVerticleTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Coordinate FAR = new Coordinate(300, 400, 1, 0.1);

  private final Citizen me = sociable();
  private final Identity bart = Citizen.named("bart").identity();
  private final ManualScheduler time = new ManualScheduler(NOW);
  private final FakeBus bus = new FakeBus();
  private final OwnCoordinate place = new OwnCoordinate(new SplittableRandom(1));
  private final BlockingQueue<Event> written = new LinkedBlockingQueue<>();
  private final BlockingQueue<GossipRequest.SendToNeighbour> sent = new LinkedBlockingQueue<>();
  private final AtomicInteger questions = new AtomicInteger();
  private volatile long restarts = 1;

  /** A nara that remarks on comebacks. */
  private static Citizen sociable() {
    for (int i = 0; ; i++) {
      Citizen citizen = Citizen.named("lisa" + i);
      if (citizen.identity().personality().sociability() > 80
          && citizen.identity().personality().agreeableness() <= 70) {
        return citizen;
      }
    }
  }

  @BeforeEach
  void start() {
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.ReadLedgerStats.class,
        read -> new LedgerStats(7, Map.of(Service.SOCIAL, 7), 1, 100, 9));
    bus.reply(
        LedgerRequest.ADDRESS,
        LedgerRequest.SummariseSubject.class,
        about -> {
          questions.incrementAndGet();
          long startTime = NOW.minus(Duration.ofDays(2)).getEpochSecond();
          Opinion opinion = new Opinion(startTime, restarts, 0);
          return new SubjectSummary(about.subject(), restarts, 0, 0, "", "ONLINE", opinion);
        });
    bus.reply(
        LivenessRequest.ADDRESS,
        LivenessRequest.GetRoundTripTimes.class,
        get -> new RoundTripTimes(Map.of("bart", 80.0, "moe", 120.0), Map.of("bart", 70.0)));
    bus.reply(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.ListNeighbours.class,
        list -> new NeighbourList(List.of(neighbour("bart"), neighbour("moe")), List.of()));
    bus.reply(
        TrustRequest.ADDRESS,
        TrustRequest.OfferEvents.class,
        offer -> {
          written.add(Citizen.read(offer.events().json()).event());
          return new OfferResult(1, 1, 0, 0, 0, 0, Map.of(), Set.of());
        });
    bus.reply(
        GossipRequest.ADDRESS,
        GossipRequest.SendToNeighbour.class,
        send -> {
          sent.add(send);
          return new MeshRequest.EventDelivered(true);
        });
  }

  @AfterEach
  void close() {
    bus.close();
  }

  private static Neighbour neighbour(String name) {
    return new Neighbour(
        name, "id", "10.0.0.1:1", Optional.empty(), Set.of(Neighbour.Source.PLAZA), true);
  }

  private void deploy(boolean sociable) {
    OwnStatus own =
        new OwnStatus(
            me.identity(),
            "test",
            Profile.of("hybrid", "medium", 9),
            () -> "",
            place,
            Flair.onThisMachine(me.identity(), "", Map.of()),
            time.steady(),
            HostStats::ofThisProcess);
    bus.deploy(
        new SocialVerticle(me.identity(), sociable, own, place, time, new SplittableRandom(1)));
  }

  private void tell(Status status, boolean signed) {
    bus.publish(
        PlazaNotification.ADDRESS, new PlazaNotification.StatusReceived("bart", status, signed));
  }

  private Status ask() {
    return bus.ask(SocialRequest.ADDRESS, new SocialRequest.GetOwnStatus()).status();
  }

  private void comeBack() {
    bus.publish(Presence.ADDRESS, new Presence.Missing("bart"));
    bus.publish(Presence.ADDRESS, new Presence.Online("bart", "", "", Optional.empty(), true));
  }

  /** Waits until the verticle has a tease planned beside its next step. */
  private void awaitPlannedTease() {
    FakeBus.until(() -> time.pendingTimes().size(), size -> size == 2);
  }

  /** A request is handled after all that was published before; its reply to the ledger too. */
  private void settle() {
    for (int i = 0; i < 3; i++) {
      Request<SocialRequest.CurrentStatus> flush = new SocialRequest.GetOwnStatus();
      bus.ask(SocialRequest.ADDRESS, flush);
    }
  }

  @Test
  void status_of_a_howdy_does_not_replace_that_of_a_newspaper() {
    deploy(false);
    Status signed = Statuses.of(bart, "10.0.0.1:1").trend("bart-style", "🎈").status();
    Status forged = Statuses.of(bart, "6.6.6.6:1").status();

    tell(forged, false);
    assertThat(known()).containsExactly(Map.entry("bart", forged));
    tell(signed, true);
    tell(forged, false);
    assertThat(known()).containsExactly(Map.entry("bart", signed));
    tell(Statuses.of(bart, "x".repeat(300)).status(), true);
    assertThat(known()).containsExactly(Map.entry("bart", signed));
  }

  private Map<String, Status> known() {
    return bus.ask(SocialRequest.ADDRESS, new SocialRequest.ListStatuses()).byName();
  }

  @Test
  void round_trip_moves_the_coordinate_when_the_peer_states_its_own() {
    deploy(false);
    Coordinate start = place.get();
    measure(50);
    assertThat(place.get()).isEqualTo(start);

    tell(Statuses.of(bart, "").status(), true);
    measure(50);
    assertThat(place.get()).isEqualTo(start);

    tell(Statuses.of(bart, "").at(FAR).status(), true);
    measure(50);
    Coordinate moved = place.get();
    assertThat(moved.distanceTo(FAR)).isLessThan(start.distanceTo(FAR));
    assertThat(ask().coordinate()).contains(moved);
  }

  private void measure(double millis) {
    bus.publish(
        LivenessNotification.ADDRESS, new LivenessNotification.RoundTripMeasured("bart", millis));
    settle();
  }

  @Test
  void map_and_proximity_tell_where_the_naras_are() {
    deploy(false);
    tell(Statuses.of(bart, "").at(FAR).status(), true);

    List<MapNode> nodes = bus.ask(SocialRequest.ADDRESS, new SocialRequest.GetNetworkMap()).nodes();

    assertThat(nodes).extracting(MapNode::name).containsExactly(me.name(), "bart", "moe");
    assertThat(nodes.get(0).isSelf()).isTrue();
    assertThat(nodes.get(0).coordinate()).contains(place.get());
    assertThat(nodes.get(1).coordinate()).contains(FAR);
    assertThat(nodes.get(1).rttToUs()).hasValue(70);
    assertThat(nodes.get(1).averageRtt()).hasValue(80);
    assertThat(nodes.get(2).coordinate()).isEmpty();
    assertThat(nodes.get(2).rttToUs()).isEmpty();

    Map<String, Double> weights =
        bus.ask(SocialRequest.ADDRESS, new SocialRequest.WeighClout(Set.of("bart", "moe")))
            .byName();
    assertThat(weights).containsOnlyKeys("bart");
    assertThat(weights.get("bart")).isBetween(0.7, 0.71);

    time.advance(SocialLimits.STEP_INTERVAL);
    settle();
    tell(Statuses.of(bart, "").at(place.get()).status(), true);
    SocialRequest.Proximity near = bus.ask(SocialRequest.ADDRESS, new SocialRequest.GetProximity());
    assertThat(near.gridSize()).isEqualTo(100);
    assertThat(near.barrioMembers()).contains("bart");
    assertThat(near.barrioEmoji()).isEqualTo(ask().look().licensePlate());
  }

  @Test
  void nara_that_comes_back_is_teased_once_in_five_minutes_with_a_signed_event() {
    deploy(true);
    bus.finishRecovery();
    comeBack();
    awaitPlannedTease();
    time.advance(SocialLimits.MAX_TEASE_DELAY);

    Event tease = FakeBus.next(written);
    assertThat(tease.payload())
        .isEqualTo(new Social("tease", me.name(), "", "bart", "", "comeback", ""));
    assertThat(tease.emitter()).isEqualTo(me.name());
    assertThat(tease.signature()).isPresent();
    GossipRequest.SendToNeighbour message = FakeBus.next(sent);
    assertThat(message.name()).isEqualTo("bart");
    assertThat(message.event()).isEqualTo(tease.json());

    comeBack();
    settle();
    assertThat(time.pendingTimes()).hasSize(1);
    time.advance(SocialLimits.TEASE_COOLDOWN.plusSeconds(1));
    comeBack();
    awaitPlannedTease();
    time.advance(SocialLimits.MAX_TEASE_DELAY);
    assertThat(FakeBus.next(written).payload()).isEqualTo(tease.payload());
  }

  @Test
  void node_that_is_not_sociable_teases_nobody() {
    deploy(false);
    bus.finishRecovery();
    comeBack();
    settle();
    assertThat(time.pendingTimes()).hasSize(1);
  }

  @Test
  void node_teases_nobody_before_its_recovery_has_finished() {
    deploy(true);
    comeBack();
    settle();
    assertThat(time.pendingTimes()).hasSize(1);
  }

  @Test
  void node_keeps_silent_when_another_nara_said_it_just_now() {
    deploy(true);
    bus.finishRecovery();
    comeBack();
    awaitPlannedTease();
    Citizen moe = Citizen.named("moe");
    byte[] said =
        moe.signed(
            Event.unixNanos(NOW), new Social("tease", "moe", "", "bart", "", "comeback", ""));
    bus.publish(
        TrustNotification.ADDRESS,
        new TrustNotification.TeasesMerged(List.of(Citizen.read(said).event())));
    settle();
    time.advance(SocialLimits.MAX_TEASE_DELAY);
    settle();

    assertThat(written).isEmpty();
    assertThat(sent).isEmpty();
  }

  @Test
  void ledger_is_asked_about_a_nara_once_in_five_minutes_however_often_it_writes() {
    deploy(true);
    bus.finishRecovery();
    for (int i = 0; i < 50; i++) {
      tell(Statuses.of(bart, "").status(), true);
    }
    settle();

    assertThat(questions).hasValue(1);
  }

  @Test
  void number_of_restarts_is_remarked_on_once() {
    restarts = 50;
    deploy(true);
    bus.finishRecovery();
    tell(Statuses.of(bart, "").status(), true);
    awaitPlannedTease();
    time.advance(SocialLimits.MAX_TEASE_DELAY);
    assertThat(((Social) FakeBus.next(written).payload()).reason()).isEqualTo("high-restarts");

    time.advance(SocialLimits.TEASE_COOLDOWN.plusSeconds(10));
    tell(Statuses.of(bart, "").status(), true);
    FakeBus.until(questions::get, asked -> asked == 2);
    settle();
    assertThat(time.pendingTimes()).hasSize(1);

    restarts = 51;
    time.advance(SocialLimits.TEASE_COOLDOWN.plusSeconds(10));
    tell(Statuses.of(bart, "").status(), true);
    awaitPlannedTease();
  }

  @Test
  void nara_that_leaves_a_popular_trend_is_teased() {
    deploy(true);
    bus.finishRecovery();
    tell(Statuses.of(bart, "").trend("moe-style", "🎈").status(), true);
    bus.publish(
        PlazaNotification.ADDRESS,
        new PlazaNotification.StatusReceived(
            "moe",
            Statuses.of(Citizen.named("moe").identity(), "").trend("moe-style", "🎈").status(),
            true));
    settle();
    tell(Statuses.of(bart, "").status(), true);
    awaitPlannedTease();
    time.advance(SocialLimits.MAX_TEASE_DELAY);

    assertThat(((Social) FakeBus.next(written).payload()).reason()).isEqualTo("trend-abandon");
  }

  @Test
  void outage_of_all_ends_with_few_teases() {
    deploy(true);
    bus.finishRecovery();
    for (int i = 0; i < 200; i++) {
      bus.publish(Presence.ADDRESS, new Presence.Missing("n" + i));
      bus.publish(Presence.ADDRESS, new Presence.Online("n" + i, "", "", Optional.empty(), true));
    }
    FakeBus.until(() -> time.pendingTimes().size(), size -> size > 40);
    time.advance(SocialLimits.MAX_TEASE_DELAY);
    settle();

    assertThat(written).hasSize(SocialLimits.TEASES_PER_MINUTE);
  }

  @Test
  void status_counts_the_stashes_after_a_while() {
    bus.reply(
        StashRequest.ADDRESS,
        StashRequest.GetStashStatus.class,
        get ->
            new StashRequest.StashStatus("", Optional.empty(), 0, 0, List.of(), 3, 4_000, 20, 0));
    deploy(false);
    time.advance(SocialLimits.STEP_INTERVAL);

    FakeBus.until(this::ask, status -> status.stash().stored() == 3);
    assertThat(ask().stash()).isEqualTo(new Status.StashCounts(3, 4_000, 0));
  }

  @Test
  void trend_is_followed_and_shown() {
    deploy(true);
    bus.finishRecovery();
    String followed = "";
    for (int i = 0; i < 200 && followed.isEmpty(); i++) {
      tell(Statuses.of(bart, "").trend("moe-style", "🎈").status(), true);
      settle();
      time.advance(SocialLimits.STEP_INTERVAL);
      settle();
      followed = ask().look().trend();
    }
    assertThat(followed).isIn("moe-style", me.name() + "-style");
  }
}
