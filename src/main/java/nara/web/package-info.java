/** The management port: health, readiness, report, counters, cluster state. */
@MayKnow({
  "bus",
  "checkpoint.consensus",
  "cluster",
  "gossip",
  "liveness",
  "mqtt",
  "opinion",
  "recovery.."
})
package nara.web;

import nara.MayKnow;
