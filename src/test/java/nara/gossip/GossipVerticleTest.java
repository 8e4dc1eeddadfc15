package nara.gossip;

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
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.identity.Personality;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.ZinesExchanged;
import nara.node.Blocking;
import nara.presence.Presence;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GossipVerticleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Citizen lisa = Citizen.named("lisa");
  private final GossipConfig config =
      GossipConfig.of(Optional.empty(), Personality.of(lisa.identity().soul()), MemoryMode.MEDIUM);
  private final ManualScheduler time = new ManualScheduler(Instant.parse("2026-11-01T00:00:00Z"));
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.of(vertx);
  private final BlockingQueue<Promise<ZinesExchanged>> exchanges = new LinkedBlockingQueue<>();
  private final BlockingQueue<Presence> told = new LinkedBlockingQueue<>();
  private volatile boolean bartIsThere = true;

  @AfterEach
  void close() {
    Blocking.await(vertx.close(), PATIENCE);
  }

  @Test
  void an_answer_brings_back_only_who_was_away_when_it_was_asked() {
    bus.serve(
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.class,
        request -> Future.succeededFuture(neighbourhood()));
    bus.serve(MeshRequest.ADDRESS, MeshRequest.class, request -> later());
    bus.subscribe(Presence.ADDRESS, Presence.class, told::add);
    Blocking.await(
        vertx.deployVerticle(new GossipVerticle("lisa", config, time, new SplittableRandom(1))),
        PATIENCE);

    time.advance(config.interval());
    Promise<ZinesExchanged> whileItWasThere = take(exchanges);
    bartIsThere = false;
    time.advance(config.interval());
    Promise<ZinesExchanged> whileItWasAway = take(exchanges);
    whileItWasThere.complete(withBart());
    while (counts().exchanges() == 0) {
      Thread.onSpinWait();
    }
    bus.publish(Presence.ADDRESS, new Presence.Offline("nobody"));
    assertThat(take(told)).isEqualTo(new Presence.Offline("nobody"));

    whileItWasAway.complete(withBart());
    assertThat(take(told)).isInstanceOf(Presence.Online.class);
  }

  private GossipRequest.GossipCounts counts() {
    return Blocking.await(
        bus.request(GossipRequest.ADDRESS, new GossipRequest.GetGossipCounts(), PATIENCE),
        PATIENCE);
  }

  private DiscoveryRequest.NeighbourList neighbourhood() {
    return new DiscoveryRequest.NeighbourList(
        List.of(
            new Neighbour(
                "bart", "", "h:1", Optional.empty(), Set.of(Neighbour.Source.PLAZA), bartIsThere)),
        List.of());
  }

  private static ZinesExchanged withBart() {
    return new ZinesExchanged(Map.of("bart", TrustRequest.OfferResult.NONE), Map.of());
  }

  private Future<ZinesExchanged> later() {
    Promise<ZinesExchanged> answer = Promise.promise();
    exchanges.add(answer);
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
}
