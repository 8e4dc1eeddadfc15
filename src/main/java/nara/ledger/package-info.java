/**
 * The ledger: its rules, queries, retention and derived values, and the one verticle that changes
 * it.
 */
@MayKnow({
  "bounds",
  "bus",
  "event",
  "identity",
  "ledger.clout",
  "ledger.index",
  "ledger.retention",
  "negentropy"
})
package nara.ledger;

import nara.MayKnow;
