package nara.trust.verifier;

/** The result of asking for a verifier by name. */
public sealed interface VerifierChoice {
  /** The verifier, ready for use. */
  record Available(SignatureVerifier signatureVerifier) implements VerifierChoice {}

  /** Why this machine has no such verifier, for the operator. */
  record Unavailable(String reason) implements VerifierChoice {}
}
