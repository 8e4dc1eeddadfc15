package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.demo.Corpus;
import nara.event.Verdict;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Standing;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.node.Blocking;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.TableVerifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrustVerticleTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int EVENTS = 300;

  private final AtomicInteger verified = new AtomicInteger();
  private final Citizen lisa = Citizen.named("lisa");
  private Vertx vertx;

  @BeforeEach
  void deploy() {
    vertx = Vertx.vertx();
    Bus.of(vertx);
    await(
        vertx.deployVerticle(
            new LedgerVerticle(
                LedgerConfig.ofSize(10_000),
                name -> Standing.ESTABLISHED,
                RandomGenerator.getDefault())));
    SignatureVerifier plain = new TableVerifier(8);
    SignatureVerifier counting =
        new SignatureVerifier() {
          @Override
          public String name() {
            return "counting";
          }

          @Override
          public boolean[] verify(List<SignatureCheck> batch) {
            verified.addAndGet(batch.size());
            return plain.verify(batch);
          }
        };
    await(
        vertx.deployVerticle(
            new TrustVerticle(
                TrustConfig.defaults(), counting, new Keyring(), InstantSource.system())));
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void same_events_from_many_peers_are_verified_once() {
    List<byte[]> events = history();
    List<Future<OfferResult>> offers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      offers.add(offer("neighbour-" + i, events));
    }

    List<OfferResult> offered = offers.stream().map(TrustVerticleTest::await).toList();

    assertThat(verified).hasValue(events.size());
    assertThat(offered.stream().mapToInt(OfferResult::added).sum()).isEqualTo(events.size());
    assertThat(offered.stream().mapToInt(OfferResult::duplicate).sum())
        .isEqualTo(7 * events.size());
    assertThat(held()).isEqualTo(events.size());
  }

  @Test
  void duplicate_is_reported_after_the_original_is_merged() {
    List<byte[]> events = history();
    Future<OfferResult> first = offer("first", events);
    Future<Integer> seenBySecond = offer("second", events).compose(result -> count());

    assertThat(await(seenBySecond)).isEqualTo(events.size());
    assertThat(await(first).added()).isEqualTo(events.size());
  }

  @Test
  void concurrent_forged_copy_is_verified_separately() {
    byte[] hey = lisa.heyThere(now(), "");
    byte[] good = lisa.tease(now() - 1, "bart");
    byte[] forged = Altered.signature(good);
    Future<OfferResult> honest = offer("honest", List.of(hey, good));
    Future<OfferResult> liar = offer("liar", List.of(hey, forged));

    assertThat(await(honest).added()).isEqualTo(2);
    // Verified when it comes before the honest event is held; skipped by its id when it comes
    // after.
    assertThat(await(liar).added()).isZero();
    assertThat(await(liar).rejected() + await(liar).duplicate()).isEqualTo(2);
    assertThat(held()).isEqualTo(2);
  }

  @Test
  void checkpoints_that_are_held_bring_nothing_new_when_they_are_verified_again() {
    List<byte[]> events = Corpus.generate(200, 20, 1, InstantSource.system().instant()).events();
    assertThat(await(offer("first", events)).newlyHeld()).isEqualTo(events.size());

    OfferResult again = await(offer("second", events));

    assertThat(again.verdicts()).containsKey(Verdict.VALID);
    assertThat(again.newlyHeld()).isZero();
  }

  private List<byte[]> history() {
    List<byte[]> events = new ArrayList<>();
    events.add(lisa.heyThere(now() - EVENTS - 1, ""));
    for (int i = 0; i < EVENTS; i++) {
      events.add(lisa.tease(now() - i, "bart"));
    }
    return events;
  }

  private static long now() {
    return InstantSource.system().instant().getEpochSecond() * 1_000_000_000L;
  }

  private Future<OfferResult> offer(String source, List<byte[]> events) {
    return Bus.of(vertx)
        .request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(OfferSource.peer(source), RawEvents.join(events)),
            TIMEOUT);
  }

  private int held() {
    return await(count());
  }

  private Future<Integer> count() {
    return Bus.of(vertx)
        .request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), TIMEOUT)
        .map(LedgerRequest.LedgerStats::total);
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }
}
