/** The server that other naras fetch from: authentication, quotas, responses, deliveries. */
@MayKnow({"bounds", "bus", "event..", "identity", "ledger", "mesh..", "trust.."})
package nara.mesh.server;

import nara.MayKnow;
