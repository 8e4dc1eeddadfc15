/** The management port: health, readiness, report, counters, cluster state. */
@MayKnow({
  "bounds",
  "bus",
  "checkpoint.consensus",
  "cluster",
  "gossip",
  "liveness",
  "mesh.server",
  "mesh.wire",
  "mqtt",
  "opinion",
  "recovery..",
  "stash.."
})
package nara.web;

import nara.MayKnow;
