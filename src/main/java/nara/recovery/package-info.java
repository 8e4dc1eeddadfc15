/**
 * Boot recovery: the plan (a pure state machine), its rungs, and the coordinator that carries the
 * plan out.
 */
@MayKnow({
  "bounds",
  "bus",
  "checkpoint..",
  "discovery",
  "ledger",
  "mesh..",
  "mqtt..",
  "recovery..",
  "trust"
})
package nara.recovery;

import nara.MayKnow;
