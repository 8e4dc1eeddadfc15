/**
 * Boot recovery: the plan (a pure state machine), its rungs, and the coordinator that carries the
 * plan out.
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
