/**
 * One nara on several machines: membership, lease and terms, the shared ledger, shared work.
 *
 * <p>Loaded only when a cluster is configured; no other package sees Hazelcast. Members exchange
 * small commands that may be lost and repeated; events travel through the shared map.
 */
@MayKnow({
  "bounds",
  "bus",
  "cluster.map",
  "event..",
  "identity",
  "ledger",
  "mesh.client",
  "mesh.wire",
  "recovery..",
  "trust"
})
package nara.cluster;

import nara.MayKnow;
