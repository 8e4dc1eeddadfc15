package nara.trust.verifier;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Counts the signatures that another verifier checks, and their time. */
public final class MeasuredVerifier implements SignatureVerifier {
  private final SignatureVerifier verifier;
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  public MeasuredVerifier(SignatureVerifier verifier) {
    this.verifier = verifier;
  }

  /**
   * The counts since the start.
   *
   * @param seconds of all threads together
   */
  public record SignatureCounts(long accepted, long refused, double seconds) {}

  /** The counts now. */
  public SignatureCounts counts() {
    return new SignatureCounts(accepted.sum(), refused.sum(), nanos.sum() / 1e9);
  }

  @Override
  public String name() {
    return verifier.name();
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    long start = System.nanoTime();
    boolean[] answers = verifier.verify(batch);
    nanos.add(System.nanoTime() - start);
    int valid = 0;
    for (boolean answer : answers) {
      valid += answer ? 1 : 0;
    }
    accepted.add(valid);
    refused.add(answers.length - valid);
    return answers;
  }

  @Override
  public Optional<String> tripReason() {
    return verifier.tripReason();
  }
}
