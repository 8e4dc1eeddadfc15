package nara.trust.verifier;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import nara.trust.ed25519.Ed25519;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a second implementation about one in so many of the signatures that the first accepted, and
 * accepts nothing any more once they differ without an explanation.
 *
 * <p>An implementation that accepts too much is the one fault that would let forgeries into the
 * memory of a whole network, and nobody would see it. So it fails closed, says so in the log once,
 * and stays so until it is made anew. The second opinion is asked for by the executor, later: the
 * answers that are waited for never wait for it.
 */
public final class RecheckingVerifier implements SignatureVerifier {
  /**
   * Checks that may wait for a second opinion; beyond them, those that come are not asked about.
   */
  static final int MAX_PENDING = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(RecheckingVerifier.class);

  private final SignatureVerifier primary;
  private final SignatureVerifier secondary;
  private final int oneIn;
  private final Executor executor;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong rechecked = new AtomicLong();
  private final AtomicLong expectedRefusals = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicReference<String> tripReason = new AtomicReference<>();

  /**
   * @param primary whose answers are given
   * @param secondary who is asked again; never accepts more than the rule
   * @param oneIn how many accepted signatures there are to one that is asked again: 1 is all of
   *     them
   * @param executor runs the second one; not on an event loop
   */
  public RecheckingVerifier(
      SignatureVerifier primary, SignatureVerifier secondary, int oneIn, Executor executor) {
    if (oneIn < 1) {
      throw new IllegalArgumentException("one in 1 or more is rechecked, not one in " + oneIn);
    }
    this.primary = primary;
    this.secondary = secondary;
    this.oneIn = oneIn;
    this.executor = executor;
  }

  @Override
  public String name() {
    return primary.name();
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    if (tripReason.get() != null) {
      return new boolean[batch.size()];
    }
    boolean[] answers = primary.verify(batch);
    List<SignatureCheck> sampled = new ArrayList<>();
    int i = 0;
    for (SignatureCheck check : batch) {
      if (answers[i++] && accepted.incrementAndGet() % oneIn == 0) {
        sampled.add(check);
      }
    }
    if (!sampled.isEmpty()) {
      submitRecheck(sampled);
    }
    return answers;
  }

  /** Why nothing is accepted any more, once that is so. */
  public Optional<String> tripReason() {
    return Optional.ofNullable(tripReason.get());
  }

  /** How many signatures the second implementation was asked about. */
  public long rechecked() {
    return rechecked.get();
  }

  /** How many of these it refused for a reason that is known and no fault. */
  public long expectedRefusals() {
    return expectedRefusals.get();
  }

  /** How many were due but not asked about, since too many were waiting. */
  public long skipped() {
    return skipped.get();
  }

  private void submitRecheck(List<SignatureCheck> checks) {
    if (pending.addAndGet(checks.size()) > MAX_PENDING) {
      pending.addAndGet(-checks.size());
      skipped.addAndGet(checks.size());
      return;
    }
    try {
      executor.execute(() -> recheck(checks));
    } catch (RejectedExecutionException closing) {
      pending.addAndGet(-checks.size());
      skipped.addAndGet(checks.size());
    }
  }

  private void recheck(List<SignatureCheck> checks) {
    try {
      boolean[] answers = secondary.verify(checks);
      for (int i = 0; i < answers.length; i++) {
        if (!answers[i]) {
          onRefused(checks.get(i));
        }
      }
      rechecked.addAndGet(answers.length);
    } catch (RuntimeException | LinkageError failure) {
      trip("the verifier \"" + secondary.name() + "\" failed while rechecking: " + failure);
    } finally {
      pending.addAndGet(-checks.size());
    }
  }

  /** The rule takes keys that are not canonical or of small order; libraries may refuse them. */
  private void onRefused(SignatureCheck check) {
    byte[] key = check.key().bytes();
    if (!Ed25519.isCanonical(key, 0) || Ed25519.isSmallOrder(key, 0)) {
      expectedRefusals.incrementAndGet();
      return;
    }
    trip(
        "the verifier \""
            + primary.name()
            + "\" accepted a signature that \""
            + secondary.name()
            + "\" refuses: key "
            + check.key()
            + ", signature "
            + HexFormat.of().formatHex(check.signature())
            + ", message "
            + HexFormat.of().formatHex(check.message()));
  }

  private void trip(String why) {
    if (tripReason.compareAndSet(null, why)) {
      LOG.error("No signature is accepted any more until a restart: {}", why);
    }
  }
}
