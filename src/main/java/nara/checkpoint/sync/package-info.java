/** Checkpoint sync: fetches the checkpoints of neighbours over the mesh. */
@MayKnow({"bus", "ledger", "mesh.client", "mesh.wire", "trust"})
package nara.checkpoint.sync;

import nara.MayKnow;
