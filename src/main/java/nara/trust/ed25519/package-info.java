/**
 * Exact Ed25519 verification in plain Java, fast for few keys with many signatures. It handles
 * public data only and never signs, so nothing here runs in constant time.
 */
@MayKnow({})
package nara.trust.ed25519;

import nara.MayKnow;
