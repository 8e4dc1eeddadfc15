/** The live stream of events, as server-sent events. */
@MayKnow({"bounds", "bus", "event", "ledger", "mesh.wire", "web.http", "web.reference"})
package nara.web.stream;

import nara.MayKnow;
