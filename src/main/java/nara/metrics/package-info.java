/** The state of the node as Prometheus metrics. */
@MayKnow({
  "bounds",
  "cluster",
  "coordinates",
  "discovery",
  "event",
  "gossip",
  "identity",
  "journey",
  "ledger",
  "ledger.retention",
  "liveness",
  "mesh.server",
  "mqtt",
  "opinion",
  "profile",
  "recovery..",
  "snapshot",
  "social",
  "stash",
  "status",
  "trust",
  "trust.verifier"
})
package nara.metrics;

import nara.MayKnow;
