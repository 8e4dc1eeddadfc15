package nara.trust.verifier;

import nara.identity.KeyPair;
import nara.trust.ed25519.Ed25519;

/**
 * What the rule says of a signature's form, before any equation: asked before a library is, since
 * libraries differ in what they let pass.
 *
 * <p>The rule compares the canonical encoding of [S]B − [k]A with the bytes R. A library that
 * decodes R and compares points accepts the same signatures once R is known to be canonical.
 */
final class SignatureFormat {
  static final int S_OFFSET = 32;

  private SignatureFormat() {}

  /** 64 bytes, S below L, and R as a point would be encoded. */
  static boolean isWellFormed(byte[] signature) {
    return signature.length == KeyPair.SIGNATURE_LENGTH
        && Ed25519.isScalar(signature, S_OFFSET)
        && Ed25519.isCanonical(signature, 0);
  }
}
