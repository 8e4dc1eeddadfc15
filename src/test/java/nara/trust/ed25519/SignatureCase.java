package nara.trust.ed25519;

/**
 * A signature to be judged, and what the algebra says of it: whoever made it knows the discrete
 * logarithms, so the right answer is known without asking any implementation.
 *
 * @param kind what was done to it
 * @param expected the rule's answer
 */
record SignatureCase(String kind, byte[] key, byte[] message, byte[] signature, boolean expected) {}
