/** What both ends of the mesh share: signed HTTP between naras. */
@MayKnow({"bus", "event", "identity", "ledger", "mesh.wire", "trust.."})
package nara.mesh;

import nara.MayKnow;
