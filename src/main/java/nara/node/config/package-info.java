/** The configuration: read, validated as a whole, held as immutable records. */
@MayKnow({
  "bounds",
  "checkpoint.consensus",
  "checkpoint.sync",
  "cluster",
  "discovery",
  "identity",
  "ledger",
  "mesh",
  "mesh.wire",
  "mqtt",
  "node",
  "recovery",
  "snapshot",
  "trust",
  "trust.verifier"
})
package nara.node.config;

import nara.MayKnow;
