/** Opinions on other naras, formed from the ledger after the recovery. */
@MayKnow({"bounds", "bus", "event.json", "ledger", "mesh.client", "presence", "recovery.."})
package nara.opinion;

import nara.MayKnow;
