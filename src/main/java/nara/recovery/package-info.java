/**
 * Boot recovery: the plan (a pure state machine), its rungs, and the coordinator verticle that
 * executes the plan.
 */
@MayKnow({
  "bounds",
  "bus",
  "checkpoint.consensus",
  "checkpoint.sync",
  "discovery",
  "ledger",
  "mesh.client",
  "mesh.wire",
  "mqtt",
  "mqtt.wire",
  "recovery.pages",
  "recovery.report",
  "trust"
})
package nara.recovery;

import nara.MayKnow;
