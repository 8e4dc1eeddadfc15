/** Signed HTTP as on the wire: bodies, headers, signatures, paths and limits. */
@MayKnow({"bounds", "event..", "identity", "ledger", "negentropy", "trust.verifier"})
package nara.mesh.wire;

import nara.MayKnow;
