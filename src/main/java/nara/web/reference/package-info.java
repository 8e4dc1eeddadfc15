/** The reference's pages of naras, their social life and the map of the network. */
@MayKnow({
  "bounds",
  "bus",
  "coordinates",
  "discovery",
  "event",
  "gossip",
  "ledger",
  "identity",
  "opinion",
  "profile",
  "social",
  "status",
  "web.http"
})
package nara.web.reference;

import nara.MayKnow;
