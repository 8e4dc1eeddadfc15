package nara.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.identity.Personality;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.DeliveryFailed;
import nara.mesh.client.MeshRequest.EventDelivered;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.ZinesExchanged;
import nara.presence.Presence;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.testing.RecordCopy;
import nara.trust.TrustNotification;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GossipVerticleTest {
  private final Citizen lisa = Citizen.named("lisa");
  private final GossipConfig config =
      GossipConfig.of(
          Optional.empty(), Personality.of(lisa.identity().soul()), MemoryMode.MEDIUM, false);
  private final ManualScheduler time = new ManualScheduler(Instant.parse("2026-11-01T00:00:00Z"));
  private final FakeBus bus = new FakeBus();
  private final BlockingQueue<Presence> presences = bus.published(Presence.ADDRESS, Presence.class);
  private volatile boolean bartOnline = true;
  private volatile int silent;

  @BeforeEach
  void deploy() {
    bus.reply(
        DiscoveryRequest.ADDRESS, DiscoveryRequest.ListNeighbours.class, request -> neighbours());
    bus.deploy(new GossipVerticle("lisa", config, time, new SplittableRandom(1)));
  }

  @AfterEach
  void close() {
    bus.close();
  }

  @Test
  void answered_zine_brings_a_peer_online_only_if_it_was_offline_at_the_request() {
    BlockingQueue<Promise<ZinesExchanged>> exchanges =
        bus.hold(MeshRequest.ADDRESS, MeshRequest.ExchangeZines.class);
    time.advance(config.interval());
    Promise<ZinesExchanged> whileOnline = FakeBus.next(exchanges);
    bartOnline = false;
    time.advance(config.interval());
    Promise<ZinesExchanged> whileOffline = FakeBus.next(exchanges);
    whileOnline.complete(exchangedWithBart());
    FakeBus.until(this::counts, counts -> counts.exchanges() == 1);
    bus.publish(Presence.ADDRESS, new Presence.Offline("nobody", true, Instant.EPOCH));
    assertThat(FakeBus.next(presences))
        .isEqualTo(new Presence.Offline("nobody", true, Instant.EPOCH));

    whileOffline.complete(exchangedWithBart());
    assertThat(FakeBus.next(presences)).isInstanceOf(Presence.Online.class);
  }

  @Test
  void answer_of_a_peer_that_has_just_said_goodbye_does_not_bring_it_back() {
    BlockingQueue<Promise<ZinesExchanged>> exchanges =
        bus.hold(MeshRequest.ADDRESS, MeshRequest.ExchangeZines.class);
    bartOnline = false;
    time.advance(config.interval());
    byte[] chau = Citizen.named("bart").chau(Event.unixNanos(time.instant()));
    bus.publish(
        TrustNotification.ADDRESS,
        new TrustNotification.AnnouncementsMerged(List.of(Citizen.read(chau).event()), false));
    assertThat(FakeBus.next(presences)).isInstanceOf(Presence.Offline.class);

    FakeBus.next(exchanges).complete(exchangedWithBart());
    FakeBus.until(this::counts, counts -> counts.exchanges() == 1);
    bus.publish(Presence.ADDRESS, new Presence.Offline("nobody", true, Instant.EPOCH));
    assertThat(FakeBus.next(presences).name()).isEqualTo("nobody");

    time.advance(config.interval());
    FakeBus.next(exchanges).complete(exchangedWithBart());
    assertThat(FakeBus.next(presences)).isInstanceOf(Presence.Online.class);
  }

  @Test
  void event_is_sent_to_the_address_of_a_known_neighbour() {
    byte[] event = lisa.tease(1, "bart");
    bus.replyAsync(
        MeshRequest.ADDRESS,
        MeshRequest.SendEvent.class,
        send ->
            send.peer().equals(new Peer("bart", "h:1")) && send.event() == event
                ? Future.succeededFuture(new EventDelivered(true))
                : Future.failedFuture("unexpected: " + send));

    assertThat(bus.ask(GossipRequest.ADDRESS, new GossipRequest.SendToNeighbour("bart", event)))
        .isEqualTo(new EventDelivered(true));
    assertThat(bus.ask(GossipRequest.ADDRESS, new GossipRequest.SendToNeighbour("moe", event)))
        .isInstanceOfSatisfying(
            DeliveryFailed.class,
            failed -> assertThat(failed.reason()).isEqualTo("the address of moe is not known"));
  }

  @Test
  void last_contact_is_the_answer_in_a_recovery_and_not_the_start_of_the_recovery() {
    Instant answer = time.instant().plusSeconds(60);
    time.advance(Duration.ofSeconds(60));
    bus.publish(RecoveryNotification.ADDRESS, progressed(report("running", 60_000)));
    times(times -> times.lastContact("bart") > 0);
    time.advance(Duration.ofSeconds(20));
    bus.publish(
        RecoveryNotification.ADDRESS,
        new RecoveryNotification.RecoveryFinished(report("complete", 80_000)));

    GossipRequest.ContactTimes contacts = times(times -> times.inSyncUntil() > 0);

    assertThat(contacts.lastContact("bart")).isEqualTo(answer.getEpochSecond());
    assertThat(contacts.inSyncUntil()).isEqualTo(answer.minusSeconds(60).getEpochSecond());
  }

  @Test
  void last_zine_goes_to_neighbours_that_have_answered_before() {
    silent = 50;

    assertThat(askedAtTheStop()).containsExactly(new Peer("bart", "h:1"));
  }

  @Test
  void last_zine_goes_to_silent_neighbours_when_all_that_answered_are_offline() {
    silent = 1;
    bartOnline = false;

    assertThat(askedAtTheStop()).contains(new Peer("silent0", "s:0"));
  }

  /** The peers of the last zine, after bart has answered in a recovery. */
  private List<Peer> askedAtTheStop() {
    List<Peer> asked = new CopyOnWriteArrayList<>();
    bus.reply(
        MeshRequest.ADDRESS,
        MeshRequest.ExchangeZines.class,
        request -> {
          asked.addAll(request.peers());
          return exchangedWithBart();
        });
    bus.publish(RecoveryNotification.ADDRESS, progressed(report("running", 60_000)));
    times(times -> times.lastContact("bart") > 0);
    bus.close();
    return asked;
  }

  private GossipRequest.ContactTimes times(Predicate<GossipRequest.ContactTimes> expected) {
    return FakeBus.until(
        () -> bus.ask(GossipRequest.ADDRESS, new GossipRequest.GetContactTimes()), expected);
  }

  private static RecoveryNotification progressed(Report report) {
    return new RecoveryNotification.RecoveryProgressed("pages", 1, 1, OptionalLong.empty(), report);
  }

  private static Report report(String outcome, long durationMs) {
    Report.NeighbourTotals bart =
        new Report.NeighbourTotals("bart", "", "h:1", 3, 0, "", 1, 1, 1, 0, 0, 1, "");
    return RecordCopy.with(
        RecordCopy.with(Report.empty(outcome), "neighbours", List.of(bart)),
        "durationMs",
        durationMs);
  }

  private GossipRequest.GossipCounts counts() {
    return bus.ask(GossipRequest.ADDRESS, new GossipRequest.GetGossipCounts());
  }

  private NeighbourList neighbours() {
    Set<Neighbour.Source> sources = Set.of(Neighbour.Source.PLAZA);
    List<Neighbour> all = new ArrayList<>();
    for (int i = 0; i < silent; i++) {
      all.add(new Neighbour("silent" + i, "", "s:" + i, Optional.empty(), sources, true));
    }
    all.add(new Neighbour("bart", "", "h:1", Optional.empty(), sources, bartOnline));
    return new NeighbourList(all, List.of());
  }

  private static ZinesExchanged exchangedWithBart() {
    return new ZinesExchanged(Map.of("bart", TrustRequest.OfferResult.NONE), Map.of());
  }
}
