/**
 * The snapshot of the ledger on disk: a sealed file from which a node restarts. Only {@link
 * nara.snapshot.SnapshotVerticle} writes and restores it.
 */
@MayKnow({"bus", "event", "event.json", "identity", "ledger", "trust"})
package nara.snapshot;

import nara.MayKnow;
