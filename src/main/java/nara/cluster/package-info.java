/**
 * One nara on several machines: membership, the lease and its terms, the shared ledger, shared
 * work.
 *
 * <p>Loaded only when a cluster is asked for; outside of this package nobody sees Hazelcast. What
 * members tell each other are small commands that can be lost and made again; events travel through
 * the shared map. May know the messages of ledger, trust, mesh and recovery.
 */
package nara.cluster;
