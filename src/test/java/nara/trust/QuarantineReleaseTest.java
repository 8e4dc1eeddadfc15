package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.Checkpoint;
import nara.event.EventId;
import nara.event.Verdict;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.trust.TrustRequest.OfferEvents;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.BouncyCastleVerifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class QuarantineReleaseTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long NOW = 1_790_000_000_000_000_000L;
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(NOW / 1_000_000_000));
  private static final Citizen BART = Citizen.named("bart");
  private static final Citizen LISA = Citizen.named("lisa");

  private final Keyring keys = new Keyring();
  private final FakeLedger ledger = new FakeLedger();
  private Bus bus;

  /** Keeps ids, and fails the next requests on demand. One event loop uses it. */
  private static final class FakeLedger {
    final Set<EventId> held = new HashSet<>();
    int failing;

    Future<? extends BusMessage> answer(LedgerRequest<?> request) {
      if (failing > 0) {
        failing--;
        return Future.failedFuture(new IllegalStateException("the disk is on fire"));
      }
      return switch (request) {
        case LedgerRequest.FindValidIds ask -> {
          BitSet known = new BitSet();
          for (int i = 0; i < ask.ids().size(); i++) {
            known.set(i, held.contains(ask.ids().get(i)));
          }
          yield Future.succeededFuture(new LedgerRequest.ValidIds(known));
        }
        case LedgerRequest.MergeEvents events -> {
          int added = 0;
          for (LedgerRequest.JudgedEvent event : events.events()) {
            added += held.add(event.event().id()) ? 1 : 0;
          }
          yield Future.succeededFuture(
              new LedgerRequest.MergeResult(added, 0, events.events().size() - added, 0, 0));
        }
        default -> Future.failedFuture(new AssertionError(request));
      };
    }
  }

  @BeforeEach
  void deploy(Vertx vertx, VertxTestContext test) {
    bus = Bus.of(vertx);
    bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, ledger::answer);
    vertx
        .deployVerticle(
            new TrustVerticle(TrustConfig.defaults(), new BouncyCastleVerifier(), keys, CLOCK))
        .onComplete(test.succeedingThenComplete());
  }

  @Test
  void failed_merge_fails_only_its_own_offer(VertxTestContext test) {
    know(BART);
    ledger.failing = 1;
    Future<OfferResult> first = offer(BART.tease(NOW, "lisa"));
    Future<OfferResult> second = offer(BART.tease(NOW + 1, "lisa"));
    Future.join(first, second)
        .transform(ended -> offer(BART.tease(NOW + 2, "lisa")))
        .onComplete(
            test.succeeding(
                third ->
                    test.verify(
                        () -> {
                          assertThat(List.of(first, second)).filteredOn(Future::failed).hasSize(1);
                          assertThat(third.added()).isEqualTo(1);
                          assertThat(ledger.held).hasSize(2);
                          test.completeNow();
                        })));
  }

  @Test
  void event_that_two_peers_send_waits_with_one_verdict(VertxTestContext test) {
    byte[] event = BART.tease(NOW, "lisa");
    offer(event)
        .compose(first -> offer(event).map(first::plus))
        .onComplete(
            test.succeeding(
                both ->
                    test.verify(
                        () -> {
                          assertThat(both.received()).isEqualTo(2);
                          assertThat(both.quarantined()).isEqualTo(1);
                          assertThat(both.duplicate()).isEqualTo(1);
                          assertThat(both.verdicts())
                              .containsExactly(Map.entry(Verdict.UNKNOWN_EMITTER, 1));
                          test.completeNow();
                        })));
  }

  @Test
  void quarantined_event_is_merged_when_key_is_learned(VertxTestContext test) {
    offer(BART.tease(NOW, "lisa"), LISA.tease(NOW, "bart"))
        .compose(
            waiting -> {
              test.verify(() -> assertThat(waiting.quarantined()).isEqualTo(2));
              return offer(BART.heyThere(NOW - 1, ""));
            })
        .compose(
            hello -> {
              test.verify(
                  () -> {
                    assertThat(hello.added()).isEqualTo(1);
                    assertThat(hello.received()).isEqualTo(1);
                  });
              return bus.request(
                  TrustRequest.ADDRESS, new TrustRequest.ListUnknownEmitters(), SOON);
            })
        .compose(
            unknown -> {
              test.verify(
                  () -> {
                    assertThat(unknown.quarantinedByName()).containsOnlyKeys(LISA.name());
                    assertThat(unknown.keylessByName()).containsOnlyKeys(LISA.name());
                  });
              return verifyQuarantined();
            })
        .onComplete(
            test.succeeding(
                again ->
                    test.verify(
                        () -> {
                          // Bart's event, released before, and Lisa's, which still waits.
                          assertThat(again.received()).isEqualTo(2);
                          assertThat(again.added()).isEqualTo(1);
                          assertThat(again.quarantined()).isEqualTo(1);
                          assertThat(ledger.held).hasSize(2);
                          assertThat(again.verdicts())
                              .containsEntry(Verdict.VALID, 1)
                              .containsEntry(Verdict.UNKNOWN_EMITTER, 1);
                          test.completeNow();
                        })));
  }

  @Test
  void released_event_is_merged_on_request_and_reported_by_the_next_verification(
      VertxTestContext test) {
    offer(BART.tease(NOW, "lisa"), LISA.tease(NOW, "bart"))
        .compose(
            waiting -> {
              know(BART);
              return bus.request(TrustRequest.ADDRESS, new TrustRequest.VerifyReleased(), SOON);
            })
        .compose(done -> offer())
        .compose(
            empty -> {
              test.verify(
                  () -> {
                    assertThat(ledger.held).hasSize(1);
                    assertThat(empty).isEqualTo(OfferResult.NONE);
                  });
              return verifyQuarantined();
            })
        .onComplete(
            test.succeeding(
                again ->
                    test.verify(
                        () -> {
                          assertThat(again.added()).isEqualTo(1);
                          assertThat(again.quarantined()).isEqualTo(1);
                          test.completeNow();
                        })));
  }

  @Test
  void event_that_still_waits_after_a_key_came_counts_once(VertxTestContext test) {
    offer(checkpointOf(BART, LISA, Citizen.named("maggie")))
        .compose(
            waiting -> {
              know(BART);
              return bus.request(TrustRequest.ADDRESS, new TrustRequest.VerifyReleased(), SOON);
            })
        .compose(done -> verifyQuarantined())
        .onComplete(
            test.succeeding(
                again ->
                    test.verify(
                        () -> {
                          assertThat(again.received()).isEqualTo(1);
                          assertThat(again.quarantined()).isEqualTo(1);
                          assertThat(again.verdicts())
                              .containsExactly(Map.entry(Verdict.UNKNOWN_EMITTER, 1));
                          test.completeNow();
                        })));
  }

  /** A checkpoint with votes that no key of these voters made. */
  private static byte[] checkpointOf(Citizen... voters) {
    return Citizen.unsigned(
        NOW,
        new Checkpoint(
            2,
            "homer",
            "",
            "",
            new Checkpoint.AgreedValues(1, 1, 1),
            NOW / 1_000_000_000,
            1,
            Stream.of(voters).map(Citizen::id).toList(),
            Stream.of(voters)
                .map(voter -> Base64.getEncoder().encodeToString(new byte[64]))
                .toList()));
  }

  @Test
  void quarantined_event_survives_failed_merge(VertxTestContext test) {
    offer(BART.tease(NOW, "lisa"))
        .compose(
            waiting -> {
              know(BART);
              ledger.failing = 1;
              // The offer after a failed merge fails too: it may have skipped events of that merge.
              return verifyQuarantined()
                  .transform(failed -> verifyQuarantined())
                  .transform(behind -> verifyQuarantined());
            })
        .onComplete(
            test.succeeding(
                again ->
                    test.verify(
                        () -> {
                          assertThat(again.quarantined()).isZero();
                          assertThat(ledger.held).hasSize(1);
                          test.completeNow();
                        })));
  }

  @Test
  void offer_counts_each_verdict_and_outcome(VertxTestContext test) {
    know(BART);
    byte[] forged = Altered.replace(new String(BART.tease(NOW, "lisa")), "lisa", "mona").getBytes();
    offer(
            BART.tease(NOW, "lisa"),
            Citizen.impostor("bart").tease(NOW + 1, "lisa"),
            forged,
            "{\"id\":7}".getBytes(),
            LISA.tease(NOW, "bart"))
        .onComplete(
            test.succeeding(
                result ->
                    test.verify(
                        () -> {
                          assertThat(result.received()).isEqualTo(5);
                          assertThat(result.added()).isEqualTo(1);
                          assertThat(result.rejected()).isEqualTo(3);
                          assertThat(result.quarantined()).isEqualTo(1);
                          assertThat(result.unknownEmitters()).containsExactly("lisa");
                          assertThat(result.verdicts())
                              .containsOnlyKeys(
                                  Verdict.VALID,
                                  Verdict.BAD_SIGNATURE,
                                  Verdict.BAD_ID,
                                  Verdict.MALFORMED,
                                  Verdict.UNKNOWN_EMITTER);
                          test.completeNow();
                        })));
  }

  private void know(Citizen citizen) {
    keys.learn(citizen.name(), citizen.id(), citizen.key(), Origin.CONFIG);
  }

  private Future<OfferResult> verifyQuarantined() {
    return bus.request(TrustRequest.ADDRESS, new TrustRequest.VerifyQuarantined(), SOON);
  }

  private Future<OfferResult> offer(byte[]... events) {
    return bus.request(
        TrustRequest.ADDRESS,
        new OfferEvents(OfferSource.peer("test"), RawEvents.join(List.of(events))),
        SOON);
  }
}
