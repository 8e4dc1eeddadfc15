/** The server that other naras fetch from: authentication, quotas, responses, deliveries. */
@MayKnow({
  "bounds",
  "bus",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mesh",
  "mesh.wire",
  "trust",
  "trust.verifier"
})
package nara.mesh.server;

import nara.MayKnow;
