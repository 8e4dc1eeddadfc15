/** Requests to peers, and MeshSyncVerticle, which serves them to the other verticles. */
@MayKnow({"bounds", "bus", "event..", "identity", "ledger", "mesh..", "negentropy", "trust.."})
package nara.mesh.client;

import nara.MayKnow;
