/** Consensus on checkpoints: proposals, votes, and final checkpoints over the plaza. */
@MayKnow({
  "bus",
  "discovery",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mqtt",
  "mqtt.wire",
  "trust",
  "trust.verifier"
})
package nara.checkpoint.consensus;

import nara.MayKnow;
