/** Fetches checkpoints from neighbours. */
@MayKnow({"bus", "ledger", "mesh.client", "mesh.wire", "trust"})
package nara.checkpoint.sync;

import nara.MayKnow;
