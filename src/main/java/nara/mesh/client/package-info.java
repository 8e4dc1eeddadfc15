/** The client end of the mesh: sends requests to peers and verifies their responses. */
@MayKnow({
  "bounds",
  "bus",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mesh",
  "mesh.wire",
  "negentropy",
  "trust",
  "trust.verifier"
})
package nara.mesh.client;

import nara.MayKnow;
