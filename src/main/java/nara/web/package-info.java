/**
 * The management port: health, readiness, the recovery's report, counters, the state of the
 * cluster.
 */
@MayKnow({
  "bus",
  "checkpoint.consensus",
  "cluster",
  "gossip",
  "liveness",
  "mqtt",
  "opinion",
  "recovery",
  "recovery.report"
})
package nara.web;

import nara.MayKnow;
