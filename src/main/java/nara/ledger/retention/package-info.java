/** Which events a full ledger keeps: shares of naras, ranks of events, limits of kinds. */
@MayKnow({"event", "identity", "ledger.index"})
package nara.ledger.retention;

import nara.MayKnow;
