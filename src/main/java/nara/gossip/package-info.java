/** Zines with a few neighbours, single events to one of them, and the background sync. */
@MayKnow({
  "bounds",
  "bus",
  "discovery",
  "event",
  "identity",
  "ledger",
  "mesh..",
  "presence",
  "recovery..",
  "trust"
})
package nara.gossip;

import nara.MayKnow;
