/** Requests to peers. MeshSyncVerticle sends them for the other verticles. */
@MayKnow({
  "bounds",
  "bus",
  "clock",
  "event..",
  "identity",
  "ledger",
  "mesh..",
  "negentropy",
  "trust.."
})
package nara.mesh.client;

import nara.MayKnow;
