/** The report of a recovery and its JSON. */
@MayKnow({
  "checkpoint.sync",
  "discovery",
  "event",
  "identity",
  "ledger",
  "mesh.client",
  "mqtt",
  "recovery",
  "trust"
})
package nara.recovery.report;

import nara.MayKnow;
