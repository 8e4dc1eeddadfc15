/** The configuration: read, validated as a whole, held as immutable records. */
@MayKnow({
  "bounds",
  "checkpoint..",
  "cluster",
  "discovery",
  "identity",
  "ledger",
  "log",
  "mesh..",
  "mqtt",
  "node",
  "opinion",
  "recovery",
  "snapshot",
  "social",
  "stash",
  "trust.."
})
package nara.node.config;

import nara.MayKnow;
