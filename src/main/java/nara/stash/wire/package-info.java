/**
 * The messages of the stash as they are on the wire (the wire contract, section 9), and their
 * limits.
 */
@MayKnow({"event.json", "identity"})
package nara.stash.wire;

import nara.MayKnow;
