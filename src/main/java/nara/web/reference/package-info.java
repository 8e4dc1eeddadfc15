/** The reference's pages of naras, their social life and the map of the network. */
@MayKnow({
  "bounds",
  "bus",
  "discovery",
  "event",
  "gossip",
  "ledger",
  "liveness",
  "mqtt",
  "opinion",
  "status",
  "web.http"
})
package nara.web.reference;

import nara.MayKnow;
