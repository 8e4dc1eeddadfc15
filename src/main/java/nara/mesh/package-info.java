/** What both ends of the mesh share and is no wire format: configuration, the port, zines. */
@MayKnow({"bus", "event..", "identity", "ledger", "mesh.wire", "trust", "trust.verifier"})
package nara.mesh;

import nara.MayKnow;
