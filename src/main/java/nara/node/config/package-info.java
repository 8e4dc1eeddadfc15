/** The configuration: read, validated as a whole, held as immutable records. */
@MayKnow({
  "bounds",
  "checkpoint..",
  "cluster",
  "discovery",
  "file",
  "identity",
  "ledger",
  "log",
  "mesh..",
  "mqtt",
  "node",
  "recovery",
  "snapshot",
  "stash",
  "trust.."
})
package nara.node.config;

import nara.MayKnow;
