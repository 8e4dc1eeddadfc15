/** Signature verifiers: our own, libraries, and combinations of them. */
@MayKnow({"bounds", "identity", "trust.ed25519"})
package nara.trust.verifier;

import nara.MayKnow;
