/** Souls, ids, key pairs, personality, and the keyring with the keys of other naras. */
@MayKnow("bounds")
package nara.identity;

import nara.MayKnow;
