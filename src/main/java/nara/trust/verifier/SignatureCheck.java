package nara.trust.verifier;

import nara.identity.PublicKey;

/**
 * One question to a {@link SignatureVerifier}: is this the key's signature over this message? The
 * arrays are not copied; whoever asks does not change them until the answer is there.
 *
 * @param key the signer's key
 * @param message the signed bytes, of any length
 * @param signature the claimed signature; of any length, since it came from the network
 */
public record SignatureCheck(PublicKey key, byte[] message, byte[] signature) {}
