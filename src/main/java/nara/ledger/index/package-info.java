/** The data structures of the ledger: stored events, sorted indexes, tables by id, cursors. */
@MayKnow({"event", "identity", "negentropy"})
package nara.ledger.index;

import nara.MayKnow;
