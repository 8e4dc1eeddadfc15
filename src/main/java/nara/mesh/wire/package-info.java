/** The bodies, headers, addresses and limits of the mesh, as they are on the wire. */
@MayKnow({"bounds", "event", "event.json", "identity", "ledger", "negentropy", "trust.verifier"})
package nara.mesh.wire;

import nara.MayKnow;
