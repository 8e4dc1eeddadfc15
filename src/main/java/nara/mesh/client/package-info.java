/** The client end of the mesh: sends requests to peers and verifies their responses. */
@MayKnow({
  "bounds",
  "bus",
  "event..",
  "identity",
  "ledger",
  "mesh",
  "mesh.wire",
  "negentropy",
  "trust.."
})
package nara.mesh.client;

import nara.MayKnow;
