/**
 * The ledger: a set of events with its queries, its retention rules and the values derived from it.
 * Only {@link nara.ledger.LedgerVerticle} changes it.
 */
@MayKnow({"bus", "event", "ledger.index", "negentropy"})
package nara.ledger;

import nara.MayKnow;
