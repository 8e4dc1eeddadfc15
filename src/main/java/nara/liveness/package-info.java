/** Liveness: which neighbours are online, how far away they are, and when they are forgotten. */
@MayKnow({
  "bounds",
  "bus",
  "discovery",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mesh.client",
  "mqtt",
  "opinion",
  "presence",
  "recovery",
  "trust"
})
package nara.liveness;

import nara.MayKnow;
