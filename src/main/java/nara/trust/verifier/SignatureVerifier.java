package nara.trust.verifier;

import java.util.List;

/**
 * Verifies Ed25519 signatures in batches, on the calling thread.
 *
 * <p>The rule is the reference's, which is that of Go's {@code crypto/ed25519}; an implementation
 * may refuse more than it (keys that are not canonical, say) and must never accept more. An
 * implementation is safe to call from many threads at once, and answers {@code false} to whatever a
 * peer may have sent: it does not throw for the content of a check.
 */
public interface SignatureVerifier {
  /** The name by which configuration and reports call it. */
  String name();

  /**
   * Answers each check on its own: a bad signature never changes its neighbours' answers.
   *
   * @return one answer for each check, in the same order
   */
  boolean[] verify(List<SignatureCheck> batch);
}
