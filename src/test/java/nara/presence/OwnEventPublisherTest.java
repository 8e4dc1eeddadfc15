package nara.presence;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Standing;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.node.Blocking;
import nara.presence.OwnEvent.Added;
import nara.testing.Citizen;
import nara.trust.TrustConfig;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.TrustVerticle;
import nara.trust.verifier.TableVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnEventPublisherTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.ofEpochSecond(1_768_800_000);
  private static final Social TEASE = new Social("tease", "lisa", "", "bart", "", "random", "");

  private final Citizen lisa = Citizen.named("lisa");
  private final InstantSource clock = InstantSource.fixed(NOW);
  private final BlockingQueue<Added> told = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private Bus bus;
  private OwnEventPublisher own;

  @BeforeEach
  void deploy() {
    vertx = Vertx.vertx();
    bus = Bus.of(vertx);
    Keyring keys = new Keyring();
    keys.learn("lisa", lisa.id(), lisa.key(), Origin.SELF);
    await(
        vertx.deployVerticle(
            new LedgerVerticle(
                LedgerConfig.ofSize(100),
                name -> Standing.ESTABLISHED,
                RandomGenerator.getDefault()),
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    await(
        vertx.deployVerticle(
            new TrustVerticle(TrustConfig.defaults(), new TableVerifier(8), keys, clock)));
    bus.subscribe(OwnEvent.ADDRESS, OwnEvent.class, event -> told.add((Added) event));
    own = new OwnEventPublisher(bus, lisa.identity(), clock);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void own_event_is_verified_stored_and_published() throws InterruptedException {
    OfferResult result = await(own.publish(TEASE));

    assertThat(result.added()).isEqualTo(1);
    assertThat(result.verdicts()).containsOnlyKeys(Verdict.VALID);
    List<Event> held =
        await(bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), TIMEOUT))
            .events();
    assertThat(held).singleElement().extracting(Event::ts).isEqualTo(Event.unixNanos(NOW));
    Added added = told.poll(30, TimeUnit.SECONDS);
    assertThat(added.service()).isEqualTo(Service.SOCIAL);
    assertThat(added.json()).isEqualTo(held.get(0).json());
  }

  @Test
  void known_own_event_is_not_published_again() throws InterruptedException {
    await(own.publish(TEASE));

    assertThat(await(own.publish(TEASE)).added()).isZero();
    await(own.publish(Event.unixNanos(NOW) + 1, TEASE));

    byte[] first = told.poll(30, TimeUnit.SECONDS).json();
    byte[] second = told.poll(30, TimeUnit.SECONDS).json();
    assertThat(second).isNotEqualTo(first);
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }
}
