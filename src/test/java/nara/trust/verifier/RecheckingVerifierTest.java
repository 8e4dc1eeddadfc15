package nara.trust.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import nara.identity.PublicKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A share of the accepted signatures is rechecked, and a difference stops all acceptance. */
class RecheckingVerifierTest {
  private final Queue<Runnable> later = new ArrayDeque<>();
  private final List<SignatureCheck> asked = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(RecheckingVerifier.class);

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setAdditive(true);
  }

  private static SignatureVerifier saying(String name, Predicate<SignatureCheck> answer) {
    return new SignatureVerifier() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public boolean[] verify(List<SignatureCheck> batch) {
        boolean[] answers = new boolean[batch.size()];
        for (int i = 0; i < answers.length; i++) {
          answers[i] = answer.test(batch.get(i));
        }
        return answers;
      }
    };
  }

  private static final SignatureVerifier YES = saying("yes", check -> true);

  private SignatureVerifier remembering(boolean answer) {
    return saying(
        "second",
        check -> {
          asked.add(check);
          return answer;
        });
  }

  private static List<SignatureCheck> checks(int count) {
    return new TestSignatures(1, 3)
        .next(1).stream().flatMap(c -> repeat(c, count).stream()).toList();
  }

  private static List<SignatureCheck> repeat(SignatureCheck check, int count) {
    SignatureCheck[] checks = new SignatureCheck[count];
    Arrays.fill(checks, check);
    return List.of(checks);
  }

  private void runLater() {
    while (!later.isEmpty()) {
      later.remove().run();
    }
  }

  @Test
  void one_in_ten_accepted_and_no_rejected_signature_is_rechecked() {
    SignatureVerifier half =
        saying(
            "half",
            new Predicate<>() {
              private int n;

              @Override
              public boolean test(SignatureCheck check) {
                return n++ % 2 == 0;
              }
            });
    var rechecking = new RecheckingVerifier(half, remembering(true), 10, later::add);
    for (int i = 0; i < 100; i++) {
      rechecking.verify(checks(7));
    }
    assertThat(asked).isEmpty();
    runLater();
    assertThat(asked).hasSize(35);
    assertThat(rechecking.rechecked()).isEqualTo(35);
    assertThat(rechecking.tripReason()).isEmpty();
    assertThat(rechecking.name()).isEqualTo("half");
  }

  @Test
  void mismatch_stops_all_acceptance_and_logs_one_error() {
    var rechecking = new RecheckingVerifier(YES, remembering(false), 1, later::add);
    assertThat(rechecking.verify(checks(3))).containsOnly(true);
    runLater();
    assertThat(rechecking.tripReason())
        .hasValueSatisfying(
            why ->
                assertThat(why)
                    .startsWith("the verifier \"yes\" accepted a signature that \"second\" refuses")
                    .contains("key=", " signature=", " message="));
    assertThat(rechecking.verify(checks(3))).containsOnly(false);
    assertThat(log.list).hasSize(1);
    assertThat(log.list.get(0).getLevel()).isEqualTo(Level.ERROR);
  }

  @Test
  void non_canonical_keys_are_no_mismatch() {
    byte[] identity = new byte[32];
    identity[0] = 1;
    byte[] notCanonical = new byte[32];
    Arrays.fill(notCanonical, (byte) -1);
    notCanonical[31] = 0x7f;
    var rechecking = new RecheckingVerifier(YES, remembering(false), 1, later::add);
    for (byte[] key : new byte[][] {identity, notCanonical}) {
      rechecking.verify(List.of(new SignatureCheck(PublicKey.of(key), key, new byte[64])));
    }
    runLater();
    assertThat(rechecking.tripReason()).isEmpty();
    assertThat(rechecking.expectedRefusals()).isEqualTo(2);
  }

  @Test
  void failing_second_verifier_stops_acceptance() {
    SignatureVerifier broken =
        saying(
            "broken",
            check -> {
              throw new IllegalStateException("no answer");
            });
    var rechecking = new RecheckingVerifier(YES, broken, 1, later::add);
    rechecking.verify(checks(1));
    runLater();
    assertThat(rechecking.tripReason())
        .hasValue(
            "the verifier \"broken\" failed while rechecking: "
                + "java.lang.IllegalStateException: no answer");
  }

  @Test
  void recheck_queue_is_bounded_and_counts_skipped_checks() {
    var rechecking = new RecheckingVerifier(YES, remembering(true), 1, later::add);
    for (int i = 0; i < 20; i++) {
      rechecking.verify(checks(100));
    }
    runLater();
    assertThat(asked).hasSize(1_000);
    assertThat(rechecking.skipped()).isEqualTo(1_000);
    rechecking.verify(checks(100));
    runLater();
    assertThat(asked).hasSize(1_100);
  }

  @Test
  void closed_executor_skips_only_the_recheck() {
    var rechecking =
        new RecheckingVerifier(
            YES,
            remembering(true),
            1,
            task -> {
              throw new RejectedExecutionException("closed");
            });
    assertThat(rechecking.verify(checks(5))).containsOnly(true);
    assertThat(rechecking.skipped()).isEqualTo(5);
  }

  @Test
  void real_verifiers_agree_on_recorded_signatures() throws Exception {
    var second = (VerifierChoice.Available) Verifiers.secondary("tables");
    var rechecking =
        new RecheckingVerifier(new TableVerifier(10), second.signatureVerifier(), 1, Runnable::run);
    rechecking.verify(
        ReferenceSignaturesTest.recorded().stream()
            .map(ReferenceSignaturesTest.Recorded::check)
            .toList());
    assertThat(rechecking.tripReason()).isEmpty();
    assertThat(rechecking.rechecked()).isGreaterThan(10);
  }

  @Test
  void recheck_ratio_of_zero_is_rejected() {
    assertThatThrownBy(() -> new RecheckingVerifier(YES, YES, 0, Runnable::run))
        .hasMessage("oneIn: expected 1 or more, got 0");
  }
}
