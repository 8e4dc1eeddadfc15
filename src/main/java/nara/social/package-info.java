/**
 * The statuses of other naras, and what this node makes of them: its place in the network, its
 * neighbourhood, trends and teases.
 */
@MayKnow({
  "bounds",
  "bus",
  "coordinates",
  "discovery",
  "event",
  "event.json",
  "gossip",
  "identity",
  "ledger",
  "liveness",
  "mqtt",
  "opinion",
  "presence",
  "profile",
  "recovery",
  "stash",
  "trust"
})
package nara.social;

import nara.MayKnow;
