package nara.trust;

import nara.trust.ed25519.Ed25519;

/**
 * What the rule says of a signature's form, before any equation: asked before a library is, since
 * libraries differ in what they let pass.
 *
 * <p>The rule compares the canonical encoding of [S]B − [k]A with the bytes R. A library that
 * decodes R and compares points accepts the same signatures once R is known to be canonical.
 */
final class SignatureForm {
  static final int SIGNATURE = 64;
  static final int HALF = 32;

  private SignatureForm() {}

  /** 64 bytes, S below L, and R as a point would be encoded. */
  static boolean holds(byte[] signature) {
    return signature.length == SIGNATURE
        && Ed25519.isScalar(signature, HALF)
        && Ed25519.isCanonical(signature, 0);
  }
}
