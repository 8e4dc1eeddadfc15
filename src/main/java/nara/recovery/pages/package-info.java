/** The pages rung, which fetches all that the peers hold: sketches, ranges, probes and checks. */
@MayKnow({"event", "ledger", "mesh.client", "mesh.wire", "recovery", "trust"})
package nara.recovery.pages;

import nara.MayKnow;
