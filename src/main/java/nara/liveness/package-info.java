/** Presence checks of neighbours: pings, observations, backfill, expiry. */
@MayKnow({
  "bounds",
  "bus",
  "clock",
  "discovery",
  "event..",
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
