/**
 * Exact Ed25519 verification for few keys and many signatures, in plain Java.
 *
 * <p>Only public data passes through here, so nothing is constant time; nothing here signs.
 */
@MayKnow({})
package nara.trust.ed25519;

import nara.MayKnow;
