/** Requests to peers, and MeshSyncVerticle, which serves them to the other verticles. */
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
