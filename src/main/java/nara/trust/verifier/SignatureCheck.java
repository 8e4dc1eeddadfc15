package nara.trust.verifier;

import nara.identity.PublicKey;

/**
 * One question to a {@link SignatureVerifier}: did the key sign this message? The arrays are not
 * copied; nobody changes them until the answer is there.
 *
 * @param message of any length
 * @param signature as received, of any length
 */
public record SignatureCheck(PublicKey key, byte[] message, byte[] signature) {}
