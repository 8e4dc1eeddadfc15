/** The indexes of the ledger: stored events sorted, hashed and found by id. */
@MayKnow({"event", "negentropy"})
package nara.ledger.index;

import nara.MayKnow;
