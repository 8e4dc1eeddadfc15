/**
 * The stash: what a nara keeps, encrypted, with three others (the wire contract, section 9). Here
 * are both sides: the owner of a stash, and the confidant that keeps the stashes of others.
 */
@MayKnow({
  "bounds",
  "bus",
  "discovery",
  "event.json",
  "identity",
  "ledger",
  "mesh..",
  "opinion",
  "presence",
  "snapshot",
  "stash.wire"
})
package nara.stash;

import nara.MayKnow;
