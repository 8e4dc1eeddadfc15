/**
 * A network on loopback with a signed history and a small broker, for the demo and for benchmarks.
 */
@MayKnow({
  "bus",
  "discovery",
  "event..",
  "identity",
  "ledger",
  "mesh",
  "mqtt",
  "node",
  "node.config",
  "recovery",
  "stash"
})
package nara.demo;

import nara.MayKnow;
