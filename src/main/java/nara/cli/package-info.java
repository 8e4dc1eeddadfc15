/** The command line: one class for each command, and the options that commands share. */
@MayKnow({
  "bounds",
  "bus",
  "cli.file",
  "cli.output",
  "cluster",
  "demo",
  "discovery",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mesh",
  "mesh.client",
  "mesh.server",
  "mesh.wire",
  "mqtt",
  "node",
  "node.config",
  "recovery",
  "recovery.report",
  "trust",
  "trust.verifier"
})
package nara.cli;

import nara.MayKnow;
