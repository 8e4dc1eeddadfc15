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
 * Checks one in so many of the accepted signatures with a second implementation, and accepts
 * nothing any more once the two differ without an explanation.
 *
 * <p>An implementation that accepts too much would let forgeries into the memory of a whole
 * network, and nobody would see it. So this verifier fails closed: it logs the difference once, and
 * refuses every signature until the node restarts. The executor runs the second implementation
 * later; no caller waits for it.
 */
public final class RecheckingVerifier implements SignatureVerifier {
  /** Checks that may wait for the second implementation; more are skipped. */
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
   * @param primary gives the answers
   * @param secondary never accepts more than the rule
   * @param oneIn rechecks one accepted signature in so many; 1 rechecks all
   * @param executor runs the second implementation, not on an event loop
   */
  public RecheckingVerifier(
      SignatureVerifier primary, SignatureVerifier secondary, int oneIn, Executor executor) {
    if (oneIn < 1) {
      throw new IllegalArgumentException("oneIn: expected 1 or more, got " + oneIn);
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

  @Override
  public Optional<String> tripReason() {
    return Optional.ofNullable(tripReason.get());
  }

  /** Signatures that the second implementation has checked. */
  public long rechecked() {
    return rechecked.get();
  }

  /** Rechecked signatures that the second implementation refused for a known, harmless reason. */
  public long expectedRefusals() {
    return expectedRefusals.get();
  }

  /** Signatures that were not rechecked because too many were pending. */
  public long skipped() {
    return skipped.get();
  }

  private void submitRecheck(List<SignatureCheck> checks) {
    if (pending.addAndGet(checks.size()) <= MAX_PENDING) {
      try {
        executor.execute(() -> recheck(checks));
        return;
      } catch (RejectedExecutionException closing) {
        // Counted as skipped.
      }
    }
    pending.addAndGet(-checks.size());
    skipped.addAndGet(checks.size());
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
      trip("the verifier \"%s\" failed while rechecking: %s".formatted(secondary.name(), failure));
    } finally {
      pending.addAndGet(-checks.size());
    }
  }

  /** The rule accepts keys that are not canonical or of small order; libraries may refuse them. */
  private void onRefused(SignatureCheck check) {
    byte[] key = check.key().bytes();
    if (!Ed25519.isCanonical(key, 0) || Ed25519.isSmallOrder(key, 0)) {
      expectedRefusals.incrementAndGet();
      return;
    }
    HexFormat hex = HexFormat.of();
    String signature = hex.formatHex(check.signature());
    String message = hex.formatHex(check.message());
    trip(
        "the verifier \"%s\" accepted a signature that \"%s\" refuses: key=%s signature=%s message=%s"
            .formatted(primary.name(), secondary.name(), check.key(), signature, message));
  }

  private void trip(String reason) {
    if (tripReason.compareAndSet(null, reason)) {
      LOG.error("Refuse all signatures until a restart; reason={}", reason);
    }
  }
}
