/** The state of the whole node, read from its parts: for health, status and metrics. */
@MayKnow({
  "bus",
  "clock",
  "cluster",
  "discovery",
  "gossip",
  "ledger",
  "liveness",
  "mesh.server",
  "mqtt",
  "recovery..",
  "snapshot",
  "trust",
  "trust.verifier"
})
package nara.status;

import nara.MayKnow;
