/**
 * The demo network on loopback: citizens, their signed history, neighbours that hold parts of it,
 * and a broker. For the demo and for benchmarks; no node uses it.
 */
@MayKnow({
  "bus",
  "discovery",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mesh",
  "mqtt",
  "node",
  "node.config",
  "recovery"
})
package nara.demo;

import nara.MayKnow;
