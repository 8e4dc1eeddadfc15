/** The state of the whole node, read from its parts: for health, status and metrics. */
@MayKnow({
  "bus",
  "clock",
  "cluster",
  "discovery",
  "gossip",
  "journey",
  "ledger",
  "liveness",
  "mesh.server",
  "mqtt",
  "opinion",
  "recovery..",
  "snapshot",
  "social",
  "stash",
  "trust",
  "trust.verifier"
})
package nara.status;

import nara.MayKnow;
