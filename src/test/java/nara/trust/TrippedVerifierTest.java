package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import nara.event.Event;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.testing.Citizen;
import nara.trust.verifier.RecheckingVerifier;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.TableVerifier;
import org.junit.jupiter.api.Test;

/** A verifier that no longer trusts itself decides nothing about events. */
class TrippedVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
  private static final Citizen LISA = Citizen.named("lisa");

  @Test
  void events_wait_when_the_second_verifier_contradicted_the_first() {
    Keyring keys = new Keyring();
    keys.learn("lisa", LISA.id(), LISA.key(), Origin.CONFIG);
    RecheckingVerifier tripping =
        new RecheckingVerifier(new TableVerifier(4), new RefusingVerifier(), 1, Runnable::run);
    EventVerifier verifier = new EventVerifier(tripping, keys, InstantSource.fixed(NOW));

    assertThat(verdict(verifier, 1))
        .as("the check comes later")
        .isIn(Verdict.VALID, Verdict.UNKNOWN_EMITTER);
    assertThat(tripping.tripReason()).isPresent();

    assertThat(verdict(verifier, 2)).isEqualTo(Verdict.UNKNOWN_EMITTER);
  }

  private static Verdict verdict(EventVerifier verifier, long secondsAgo) {
    byte[] tease = LISA.tease(Event.unixNanos(NOW.minusSeconds(secondsAgo)), "bart");
    return verifier.verify(List.of(Citizen.read(tease))).getFirst().verdict();
  }

  private static final class RefusingVerifier implements SignatureVerifier {
    @Override
    public String name() {
      return "refusing";
    }

    @Override
    public boolean[] verify(List<SignatureCheck> batch) {
      return new boolean[batch.size()];
    }
  }
}
