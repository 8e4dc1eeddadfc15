/** Parts that both ends of the mesh share: configuration, the port, zines. */
@MayKnow({
  "bus",
  "clock",
  "coordinates",
  "event..",
  "identity",
  "ledger",
  "mesh.wire",
  "trust",
  "trust.verifier"
})
package nara.mesh;

import nara.MayKnow;
