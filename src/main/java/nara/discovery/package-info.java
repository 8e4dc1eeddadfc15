/**
 * Sources of neighbours: configured peers, an address scan, the local Tailscale daemon, presence.
 */
@MayKnow({"bounds", "bus", "clock", "identity", "ledger", "mesh.client", "mesh.wire", "presence"})
package nara.discovery;

import nara.MayKnow;
