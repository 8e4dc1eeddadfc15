package nara.trust;

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
public final class RecheckingVerifier implements Verifier {
  /**
   * Checks that may wait for a second opinion; beyond them, those that come are not asked about.
   */
  static final int WAITING = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(RecheckingVerifier.class);

  private final Verifier first;
  private final Verifier second;
  private final int oneIn;
  private final Executor executor;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong rechecked = new AtomicLong();
  private final AtomicLong explained = new AtomicLong();
  private final AtomicLong skipped = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicReference<String> tripped = new AtomicReference<>();

  /**
   * @param first whose answers are given
   * @param second who is asked again; never accepts more than the rule
   * @param oneIn how many accepted signatures there are to one that is asked again: 1 is all of
   *     them
   * @param executor runs the second one; not on an event loop
   */
  public RecheckingVerifier(Verifier first, Verifier second, int oneIn, Executor executor) {
    if (oneIn < 1) {
      throw new IllegalArgumentException("one in 1 or more is rechecked, not one in " + oneIn);
    }
    this.first = first;
    this.second = second;
    this.oneIn = oneIn;
    this.executor = executor;
  }

  @Override
  public String name() {
    return first.name();
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    if (tripped.get() != null) {
      return new boolean[batch.size()];
    }
    boolean[] answers = first.verify(batch);
    List<SignatureCheck> again = new ArrayList<>();
    int i = 0;
    for (SignatureCheck check : batch) {
      if (answers[i++] && accepted.incrementAndGet() % oneIn == 0) {
        again.add(check);
      }
    }
    if (!again.isEmpty()) {
      askAgain(again);
    }
    return answers;
  }

  /** Why nothing is accepted any more, once that is so. */
  public Optional<String> tripped() {
    return Optional.ofNullable(tripped.get());
  }

  /** How many signatures the second implementation was asked about. */
  public long rechecked() {
    return rechecked.get();
  }

  /** How many of these it refused for a reason that is known and no fault. */
  public long explained() {
    return explained.get();
  }

  /** How many were due but not asked about, since too many were waiting. */
  public long skipped() {
    return skipped.get();
  }

  private void askAgain(List<SignatureCheck> checks) {
    if (waiting.addAndGet(checks.size()) > WAITING) {
      waiting.addAndGet(-checks.size());
      skipped.addAndGet(checks.size());
      return;
    }
    try {
      executor.execute(() -> recheck(checks));
    } catch (RejectedExecutionException closing) {
      waiting.addAndGet(-checks.size());
      skipped.addAndGet(checks.size());
    }
  }

  private void recheck(List<SignatureCheck> checks) {
    try {
      boolean[] answers = second.verify(checks);
      for (int i = 0; i < answers.length; i++) {
        if (!answers[i]) {
          judge(checks.get(i));
        }
      }
      rechecked.addAndGet(answers.length);
    } catch (RuntimeException | LinkageError failure) {
      trip("the verifier \"" + second.name() + "\" failed while rechecking: " + failure);
    } finally {
      waiting.addAndGet(-checks.size());
    }
  }

  /** The rule takes keys that are not canonical or of small order; libraries may refuse them. */
  private void judge(SignatureCheck check) {
    byte[] key = check.key().bytes();
    if (!Ed25519.isCanonical(key, 0) || Ed25519.isSmallOrder(key, 0)) {
      explained.incrementAndGet();
      return;
    }
    trip(
        "the verifier \""
            + first.name()
            + "\" accepted a signature that \""
            + second.name()
            + "\" refuses: key "
            + check.key()
            + ", signature "
            + HexFormat.of().formatHex(check.signature())
            + ", message "
            + HexFormat.of().formatHex(check.message()));
  }

  private void trip(String why) {
    if (tripped.compareAndSet(null, why)) {
      LOG.error("No signature is accepted any more until a restart: {}", why);
    }
  }
}
