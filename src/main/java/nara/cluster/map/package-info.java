/** The shared maps: their entries, writes under a term, and encoding. */
@MayKnow({"bus", "event", "identity", "ledger", "recovery", "recovery.report"})
package nara.cluster.map;

import nara.MayKnow;
