/** The state of the node as Prometheus metrics. */
@MayKnow({
  "bounds",
  "cluster",
  "discovery",
  "event",
  "gossip",
  "ledger",
  "liveness",
  "mesh.server",
  "mqtt",
  "recovery..",
  "snapshot",
  "status",
  "trust",
  "trust.verifier"
})
package nara.metrics;

import nara.MayKnow;
