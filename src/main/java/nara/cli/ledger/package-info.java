/** The commands on files of events, and the export from and the import into a running node. */
@MayKnow({
  "bounds",
  "bus",
  "cli..",
  "discovery",
  "event..",
  "identity",
  "ledger",
  "mesh..",
  "node..",
  "trust"
})
package nara.cli.ledger;

import nara.MayKnow;
