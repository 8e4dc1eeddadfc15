/** The management port: health, readiness, report, counters, cluster state, journeys. */
@MayKnow({
  "bounds",
  "bus",
  "checkpoint.consensus",
  "cluster",
  "gossip",
  "journey",
  "liveness",
  "mesh.server",
  "mesh.wire",
  "mqtt",
  "opinion",
  "recovery.."
})
package nara.web;

import nara.MayKnow;
