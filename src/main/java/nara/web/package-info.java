/**
 * The management port: health, status, metrics, report, counters, cluster state, journeys. Packages
 * below have the page for people and the reference's pages.
 */
@MayKnow({
  "bounds",
  "bus",
  "identity",
  "checkpoint.consensus",
  "clock",
  "cluster",
  "discovery",
  "event",
  "gossip",
  "journey",
  "ledger",
  "ledger.retention",
  "liveness",
  "log",
  "mesh.server",
  "mesh.wire",
  "metrics",
  "mqtt",
  "opinion",
  "recovery..",
  "snapshot",
  "stash..",
  "status",
  "trust",
  "trust.verifier",
  "web.http",
  "web.inspector",
  "web.page",
  "web.reference",
  "web.stream"
})
package nara.web;

import nara.MayKnow;
