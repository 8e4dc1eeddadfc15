/** Gossip: exchanges of recent events with a few peers, and the background sync of missed ones. */
@MayKnow({
  "bounds",
  "bus",
  "discovery",
  "event",
  "identity",
  "ledger",
  "mesh.client",
  "mesh.wire",
  "presence",
  "recovery",
  "trust"
})
package nara.gossip;

import nara.MayKnow;
