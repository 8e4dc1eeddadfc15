/** The server that other naras fetch from: authentication, quotas, responses, deliveries. */
@MayKnow({"bounds", "bus", "coordinates", "event..", "identity", "ledger", "mesh..", "trust.."})
package nara.mesh.server;

import nara.MayKnow;
