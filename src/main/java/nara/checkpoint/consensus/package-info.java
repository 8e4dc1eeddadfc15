/** Agrees on checkpoints: proposals, votes, two rounds, finals. */
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
