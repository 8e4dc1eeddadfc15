/** The report of a recovery and its JSON. */
@MayKnow({
  "bounds",
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
