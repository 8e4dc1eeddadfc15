/** The pages rung: sketches, replica groups, range fetches and spot checks. */
@MayKnow({"event", "ledger", "mesh.client", "mesh.wire", "recovery", "trust"})
package nara.recovery.pages;

import nara.MayKnow;
