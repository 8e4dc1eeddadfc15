/** Clout: a score of each nara, computed from the social events in the ledger. */
@MayKnow({"event", "identity"})
package nara.ledger.clout;

import nara.MayKnow;
