/**
 * World journeys: messages that go round all naras that are online, signed by each.
 *
 * <p>The rules are the wire contract section 8. Hops are verified before anything is done for a
 * journey.
 */
@MayKnow({
  "bounds",
  "bus",
  "clock",
  "discovery",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mesh",
  "mesh.client",
  "mqtt",
  "mqtt.wire",
  "presence",
  "social",
  "trust.verifier"
})
package nara.journey;

import nara.MayKnow;
