/** The server end of the mesh: authenticates peers, limits them and responds to their requests. */
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
package nara.mesh.server;

import nara.MayKnow;
