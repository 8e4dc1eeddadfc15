/** One node: the list of its parts, deployed in order and undeployed in reverse. */
@MayKnow({
  "bounds",
  "bus",
  "checkpoint.consensus",
  "checkpoint.sync",
  "cluster",
  "discovery",
  "gossip",
  "identity",
  "ledger",
  "liveness",
  "mesh",
  "mesh.client",
  "mesh.server",
  "mqtt",
  "node.config",
  "opinion",
  "presence",
  "recovery",
  "recovery.report",
  "snapshot",
  "trust",
  "trust.verifier",
  "web"
})
package nara.node;

import nara.MayKnow;
