/** The server end of the mesh: authenticates peers, limits them and responds to their requests. */
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
package nara.mesh.server;

import nara.MayKnow;
