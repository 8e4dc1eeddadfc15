/** Signature verifiers, and the choice between them by name. */
@MayKnow({"bounds", "identity", "trust.ed25519"})
package nara.trust.verifier;

import nara.MayKnow;
