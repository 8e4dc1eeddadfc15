package nara.trust.verifier;

/** What asking for a verifier by name gives: one, or a sentence why there is none. */
public sealed interface VerifierChoice {
  /** The verifier that was asked for, ready for use. */
  record Available(SignatureVerifier signatureVerifier) implements VerifierChoice {}

  /** Why it can't be had here, as a sentence for whoever configured it. */
  record Unavailable(String reason) implements VerifierChoice {}
}
