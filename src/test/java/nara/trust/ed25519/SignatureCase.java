package nara.trust.ed25519;

/**
 * A signature with the rule's answer. The generator knows the discrete logarithms, so it knows the
 * answer without any implementation.
 *
 * @param kind how the signature was made or altered
 * @param expected the rule's answer
 */
record SignatureCase(String kind, byte[] key, byte[] message, byte[] signature, boolean expected) {}
