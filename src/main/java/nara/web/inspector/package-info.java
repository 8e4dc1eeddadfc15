/** The reference's inspector: the ledger of this node, its checkpoints and what follows from it. */
@MayKnow({
  "bounds",
  "bus",
  "event",
  "identity",
  "ledger",
  "status",
  "trust",
  "web.http",
  "web.reference"
})
package nara.web.inspector;

import nara.MayKnow;
