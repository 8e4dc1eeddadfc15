package nara.testing;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.status.NodeFacts;
import nara.trust.verifier.MeasuredVerifier;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/** The facts of a node named lisa, for its status. */
public final class TestFacts {
  private TestFacts() {}

  /** A node with these parts; its verifier has that fault. */
  public static NodeFacts of(
      NodeFacts.Parts parts,
      Supplier<Optional<String>> fault,
      NetworkClock clock,
      String... notes) {
    return new NodeFacts(
        "lisa",
        "id",
        "1.0",
        Instant.now(),
        Scheduler.system(),
        parts,
        new MeasuredVerifier(faulty(fault)),
        clock,
        () -> List.of(notes));
  }

  /** A node without optional parts. */
  public static NodeFacts plain() {
    return of(
        new NodeFacts.Parts(false, false, false),
        Optional::empty,
        new NetworkClock(Scheduler.system()));
  }

  private static SignatureVerifier faulty(Supplier<Optional<String>> fault) {
    return new SignatureVerifier() {
      @Override
      public String name() {
        return "test";
      }

      @Override
      public boolean[] verify(List<SignatureCheck> batch) {
        return new boolean[batch.size()];
      }

      @Override
      public Optional<String> tripReason() {
        return fault.get();
      }
    };
  }
}
