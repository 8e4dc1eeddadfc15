package nara.trust.verifier;

import java.util.List;
import java.util.Optional;

/**
 * Verifies Ed25519 signatures in batches, on the calling thread.
 *
 * <p>The rule is the reference's, which is that of Go's {@code crypto/ed25519}. An implementation
 * may refuse more than the rule, for example keys that are not canonical; it must never accept
 * more. It is safe for concurrent use, and answers {@code false} to whatever a peer may have sent:
 * it never throws because of the content of a check.
 */
public interface SignatureVerifier {
  /** The name in configuration and reports. */
  String name();

  /**
   * Answers each check by itself: a bad signature never changes the answer to another one.
   *
   * @return one answer for each check, in order
   */
  boolean[] verify(List<SignatureCheck> batch);

  /**
   * Makes what the first verification would wait for; this takes up to half a second in a process
   * that has just started. Without this call, the first verification makes it.
   */
  default void prepare() {}

  /**
   * Why this verifier refuses every signature, because it no longer trusts itself; empty in the
   * usual case. A refusal then says nothing about the signature, nor about its sender.
   */
  default Optional<String> tripReason() {
    return Optional.empty();
  }
}
