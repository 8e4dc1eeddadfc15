/**
 * One nara on several machines: membership, lease and terms, the shared ledger, shared work.
 *
 * <p>Loaded only when a cluster is configured; no other package uses Hazelcast. Members exchange
 * small commands, which may be lost and repeated. Events travel through the shared map.
 */
@MayKnow({
  "bounds",
  "bus",
  "cluster.map",
  "event",
  "event.json",
  "identity",
  "ledger",
  "mesh.client",
  "recovery",
  "recovery.report",
  "trust"
})
package nara.cluster;

import nara.MayKnow;
